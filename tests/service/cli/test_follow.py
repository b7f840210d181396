from collections.abc import Iterator

import pytest

from khabar.errors import ErrorRecord
from khabar.job import State
from service.cli import follow as follow_module
from service.cli.client import RefusedByService, ServiceUnreachable
from service.cli.follow import follow
from service.cli.server_events import ServerEvent
from service.schemas import JobOut
from tests.service.cli.answers import done, job, running

BEGUN = job(State.RUNNING, en=running())
ENDED = job(State.DONE, en=done())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_module, "_POLL_SECONDS", 0.001)


class Scripted:
    """A client whose answers are told in advance; an error among them is raised."""

    def __init__(
        self, jobs: list[JobOut | Exception], events: list[list[ServerEvent] | Exception]
    ) -> None:
        self.jobs = jobs
        self.streams = events

    def job(self, _: str) -> JobOut:
        answer = self.jobs.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def events(self, _: str) -> Iterator[ServerEvent]:
        stream = self.streams.pop(0) if self.streams else []
        if isinstance(stream, Exception):
            raise stream
        yield from stream


def states(client: Scripted, first: JobOut = BEGUN) -> list[State]:
    seen: list[JobOut] = []
    ended = follow(client, first, seen.append)  # type: ignore[arg-type]
    assert ended is seen[-1]
    return [one.state for one in seen]


def test_a_job_that_has_ended_is_not_asked_for():
    assert states(Scripted([], []), ENDED) == [State.DONE]


def test_each_event_leads_to_a_look_at_the_job():
    client = Scripted([BEGUN, ENDED], [[ServerEvent(), ServerEvent(), ServerEvent()]])
    assert states(client) == [State.RUNNING, State.RUNNING, State.DONE]


def test_without_events_the_job_is_asked_for():
    refused = RefusedByService(404, ErrorRecord(code="page_unknown", message="."))
    assert states(Scripted([BEGUN, ENDED], [refused, refused])) == [
        State.RUNNING,
        State.RUNNING,
        State.DONE,
    ]


def test_a_service_that_restarts_is_waited_for():
    away = ServiceUnreachable("away")
    client = Scripted([away, away, ENDED], [away])
    assert states(client) == [State.RUNNING, State.DONE]


def test_a_service_that_stays_away_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(follow_module, "_PATIENCE_SECONDS", 0.01)
    away = ServiceUnreachable("away")
    with pytest.raises(ServiceUnreachable):
        states(Scripted([away] * 1000, [away]))
