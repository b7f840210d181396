"""A job: one client's request for one article in some languages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from khabar.errors import ErrorRecord
from khabar.languages import Language
from khabar.queues import Priority
from khabar.summary import Length, Record


class State(StrEnum):
    """Where a job, or one language of it, stands."""

    QUEUED = "queued"
    """Set by SUBMIT. CLAIM moves it on, or CANCEL."""
    RUNNING = "running"
    """Set by CLAIM. DONE, FAIL, CANCEL, or SWEEP after the last attempt move it on."""
    DONE = "done"
    """Final. A job is done when all its languages ended and at least one was delivered."""
    FAILED = "failed"
    """Final. A job has failed when all its languages ended and none was delivered."""
    CANCELLED = "cancelled"
    """Final. Set by CANCEL at the client's wish."""

    @property
    def final(self) -> bool:
        """Whether nothing moves it on."""
        return self in _FINAL


_FINAL = frozenset({State.DONE, State.FAILED, State.CANCELLED})


class LanguageStatus(Record):
    """One language of a job. ``computation`` is also the identity of its summary."""

    state: State
    computation: str
    cached: bool = False
    error: ErrorRecord | None = None


class Job(Record):
    """A job as the store keeps it. ``owner`` is the id of the API key it was sent with, or ""."""

    id: str
    owner: str
    article_hash: str
    source_language: Language
    length: Length
    recipe: str
    fingerprint: str
    priority: Priority
    state: State
    created_at: datetime
    finished_at: datetime | None
    languages: dict[Language, LanguageStatus]

    @classmethod
    def decode(cls, fields: Mapping[str, str]) -> Self:
        """Build a job from the fields of its Redis hash, as SUBMIT wrote them."""
        finished = fields.get("finished")
        return cls(
            id=fields["id"],
            owner=fields["owner"],
            article_hash=fields["article"],
            source_language=Language(fields["source_language"]),
            length=Length(fields["length"]),
            recipe=fields["recipe"],
            fingerprint=fields["fingerprint"],
            priority=Priority(fields["priority"]),
            state=State(fields["state"]),
            created_at=datetime.fromtimestamp(float(fields["created"]), UTC),
            finished_at=datetime.fromtimestamp(float(finished), UTC) if finished else None,
            languages={
                Language(code): _language_status(fields, code)
                for code in fields["languages"].split()
            },
        )


def _language_status(fields: Mapping[str, str], code: str) -> LanguageStatus:
    error = fields.get(f"error:{code}")
    return LanguageStatus(
        state=State(fields[f"state:{code}"]),
        computation=fields[f"computation:{code}"],
        cached=fields.get(f"cached:{code}") == "1",
        error=ErrorRecord.model_validate_json(error) if error else None,
    )
