"""The service as a command sees it: typed calls over HTTP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from khabar.errors import ErrorRecord, KhabarError
from khabar.languages import Language
from khabar.summary import Summary
from service.cli.server_events import ServerEvent, parse_events
from service.schemas import GlossaryOut, JobOut, Problem, SummariesOut

_TIMEOUT = httpx.Timeout(30, connect=5)
_EVENTS_TIMEOUT = httpx.Timeout(60, connect=5)
"""A stream that says nothing for so long, in seconds, is given up; then the job is asked for."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Shape = TypeVar("Shape", bound=BaseModel)


class ServiceUnreachable(KhabarError):
    """Nothing answers at the address of the service, or what answers is not Khabar."""

    code = "service_unreachable"


class RefusedByService(KhabarError):
    """The service answered with an error. Its code is the service's."""

    def __init__(self, status: int, told: ErrorRecord) -> None:
        super().__init__(told.message)
        self.status = status
        self._told = told

    def record(self) -> ErrorRecord:
        """Return the error as the service told it."""
        return self._told


class Client:
    """One service, at ``url``, with the API key that is shown to it.

    Every method raises ServiceUnreachable and RefusedByService.
    """

    def __init__(
        self, url: str, key: str | None = None, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ServiceUnreachable(f"{url} is not a URL.", field="service") from error
        # A proxy from the environment cannot reach this machine's own loopback.
        near = address.host in _LOOPBACK
        self.url = url
        self._http = httpx.Client(
            base_url=address,
            headers=headers,
            timeout=_TIMEOUT,
            trust_env=not near,
            transport=transport,
        )

    def submit(self, job: Mapping[str, Any]) -> JobOut:
        """Ask for summaries. ``job`` has the fields of JobIn."""
        with self._reaching():
            answer = self._http.post("/v1/jobs", json=dict(job))
        return self._read(answer, JobOut)

    def job(self, job_id: str) -> JobOut:
        """Return a job."""
        return self._get(f"/v1/jobs/{job_id}", JobOut)

    def events(self, job_id: str) -> Iterator[ServerEvent]:
        """Yield the events of a job as they happen, until the service ends the stream."""
        with (
            self._reaching(),
            self._http.stream(
                "GET", f"/v1/jobs/{job_id}/events", timeout=_EVENTS_TIMEOUT
            ) as answer,
        ):
            if not answer.is_success:
                answer.read()
                raise self._refusal(answer)
            yield from parse_events(answer.iter_lines())

    def summaries(self, article_hash: str, choice: Mapping[str, str]) -> SummariesOut:
        """Return the summaries of an article; ``choice`` may name a length and a recipe."""
        return self._get(f"/v1/summaries/{article_hash}", SummariesOut, choice)

    def summary(self, article_hash: str, language: Language, choice: Mapping[str, str]) -> Summary:
        """Return the summary of an article in one language."""
        return self._get(f"/v1/summaries/{article_hash}/{language}", Summary, choice)

    def put_glossary(
        self, recipe: str, content: bytes, if_match: str | None = None
    ) -> tuple[GlossaryOut, str]:
        """Give a recipe a glossary, and return it with its ETag."""
        headers = {"Content-Type": "text/csv", **_condition(if_match)}
        with self._reaching():
            answer = self._http.put(_glossary_path(recipe), content=content, headers=headers)
        return self._read(answer, GlossaryOut), answer.headers.get("ETag", "")

    def glossary(self, recipe: str) -> httpx.Response:
        """Return the answer that holds a recipe's glossary, with facts about it in headers."""
        with self._reaching():
            answer = self._http.get(_glossary_path(recipe))
        if not answer.is_success:
            raise self._refusal(answer)
        return answer

    def remove_glossary(self, recipe: str, if_match: str | None = None) -> None:
        """Let a recipe have its own file's glossary again."""
        with self._reaching():
            answer = self._http.delete(_glossary_path(recipe), headers=_condition(if_match))
        if not answer.is_success:
            raise self._refusal(answer)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get(self, path: str, shape: type[Shape], choice: Mapping[str, str] | None = None) -> Shape:
        with self._reaching():
            answer = self._http.get(path, params=dict(choice or {}))
        return self._read(answer, shape)

    def _read(self, answer: httpx.Response, shape: type[Shape]) -> Shape:
        if not answer.is_success:
            raise self._refusal(answer)
        try:
            return shape.model_validate_json(answer.content)
        except ValidationError as error:
            raise self._strange() from error

    def _refusal(self, answer: httpx.Response) -> KhabarError:
        try:
            problem = Problem.model_validate_json(answer.content)
        except ValidationError:
            return self._strange(f"HTTP {answer.status_code}")
        facts = problem.model_dump(include={"code", "field", "limit", "given", "hint"})
        return RefusedByService(answer.status_code, ErrorRecord(message=problem.detail, **facts))

    def _strange(self, given: str | None = None) -> ServiceUnreachable:
        return ServiceUnreachable(
            f"What answers at {self.url} is not a Khabar service of this version.",
            field="service",
            given=given,
            hint="Check the address given with --service or KHABAR_SERVICE.",
        )

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (httpx.TransportError, httpx.UnsupportedProtocol) as error:
            raise ServiceUnreachable(
                f"The service at {self.url} does not answer: {error}",
                field="service",
                hint="Start it with `khabar run`, or give another address with --service.",
            ) from error


def _glossary_path(recipe: str) -> str:
    return f"/v1/recipes/{quote(recipe, safe='')}/glossary"


def _condition(if_match: str | None) -> dict[str, str]:
    return {} if if_match is None else {"If-Match": if_match}
