"""A message: what a newsroom is told about one job that has ended, and how the telling went."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from khabar.job import State
from khabar.links import job_path, summaries_path
from khabar.summary import Length, Record


class MessageState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    """Set by the script that ends the job, and by REDELIVER. RECORD moves it on."""
    DELIVERED = "delivered"
    """Final. The endpoint answered with 2xx."""
    DEAD = "dead"
    """Final unless redelivered: every attempt failed, or one that rules out any other."""


class Outcome(StrEnum):
    """How one attempt at a message ended."""

    DELIVERED = "delivered"
    """2xx."""
    GONE = "gone"
    """410: the endpoint wants no more, so there is no other attempt."""
    REDIRECTED = "redirected"
    """3xx. Redirects are not followed."""
    REJECTED = "rejected"
    """Any other 4xx."""
    SERVER_ERROR = "server_error"
    """5xx, or a status that does not exist."""
    TIMED_OUT = "timed_out"
    CONNECTION_FAILED = "connection_failed"
    """Nobody answered, TLS could not be agreed on, or the connection broke."""
    ANSWER_UNREADABLE = "answer_unreadable"
    """What came back is not HTTP."""
    NAME_UNRESOLVED = "name_unresolved"
    ADDRESS_REFUSED = "address_refused"
    """The host has an address that is not public."""
    CALLBACK_REFUSED = "callback_refused"
    """The URL was allowed when the job was sent and is not any more."""
    SECRET_MISSING = "secret_missing"  # noqa: S105 -- the name of an outcome.
    """There is nothing to sign it with."""
    KEY_REVOKED = "key_revoked"
    """The API key of its job was revoked, so nothing was sent, and there is no other attempt."""
    UNEXPECTED = "unexpected"
    """A mistake of ours; the workers' log tells which."""


class Attempt(Record):
    """One attempt. ``milliseconds`` is what it took; ``status`` is None where nothing answered.

    What the endpoint wrote is never kept.
    """

    at: datetime
    milliseconds: int
    outcome: Outcome
    status: int | None = None


class Message(Record):
    """A message as the store keeps it. ``owner`` is that of its job.

    ``attempts`` counts since it was queued or last redelivered. ``due_at`` is when it is looked at
    next, None where nothing is to come.
    """

    id: str
    owner: str
    job_id: str
    callback_url: str
    state: MessageState
    job_state: State
    created_at: datetime
    due_at: datetime | None
    attempts: int
    article_hash: str
    length: Length
    recipe: str
    languages: dict[str, dict[str, str]]
    last: Attempt | None

    @property
    def type(self) -> str:
        """The kind of message, such as ``job.done``."""
        return f"job.{self.job_state}"

    @classmethod
    def decode(cls, fields: Mapping[str, str]) -> Self:
        """Build a message from the fields of its Redis hash."""
        due, last = fields.get("due"), fields.get("last")
        return cls(
            id=fields["id"],
            owner=fields["owner"],
            job_id=fields["job"],
            callback_url=fields["callback"],
            state=MessageState(fields["state"]),
            job_state=State(fields["job_state"]),
            created_at=_time(fields["created"]),
            due_at=_time(due) if due else None,
            attempts=int(fields["attempts"]),
            article_hash=fields["article"],
            length=Length(fields["length"]),
            recipe=fields["recipe"],
            languages=json.loads(fields["languages"]),
            last=Attempt.model_validate_json(last) if last else None,
        )

    def payload(self) -> dict[str, Any]:
        """Return what is sent: ids, states and links, and nothing of the article."""
        return {
            "type": self.type,
            "timestamp": self.created_at.isoformat().replace("+00:00", "Z"),
            "data": {
                "job_id": self.job_id,
                "state": self.job_state,
                "article_hash": self.article_hash,
                "length": self.length,
                "recipe": self.recipe,
                "languages": self.languages,
                "links": {
                    "self": job_path(self.job_id),
                    "summaries": summaries_path(self.article_hash, self.length, self.recipe),
                },
            },
        }

    def body(self) -> bytes:
        """Return the payload as it is signed and sent: the same bytes at every attempt."""
        return json.dumps(self.payload(), sort_keys=True, separators=(",", ":")).encode()


def read_history(entries: Sequence[str]) -> list[Attempt]:
    """Return the attempts that the store keeps of one message, oldest first."""
    return [Attempt.model_validate_json(entry) for entry in entries]


def _time(text: str) -> datetime:
    return datetime.fromtimestamp(float(text), UTC)
