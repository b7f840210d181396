"""An API key as the store keeps it: whose it is, what it may do, and the hashes of its secrets.

A key stays the same while its secrets change: jobs belong to its id. It has one secret, or two
while a new one is being handed out.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from khabar.quota import MOST_ARTICLES
from khabar.summary import Record


class Scope(StrEnum):
    """What a key may do. No scope holds another: each is given by itself."""

    SUBMIT = "submit"
    """Send articles, and cancel jobs of one's own."""
    READ = "read"
    """Read jobs, summaries and totals."""
    ADMIN = "admin"
    """Change what holds for everybody: withdraw articles, for one."""


DEFAULT_SCOPES = (Scope.SUBMIT, Scope.READ)


class Secret(Record):
    """The SHA-256 of a secret of 256 bits, and until when the secret is good."""

    sha256: str
    created_at: datetime
    expires_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether the secret still opens."""
        return self.expires_at is None or now < self.expires_at


class ApiKey(Record):
    """A key. ``secrets`` holds the newest last, never more than two.

    ``rate`` is articles a minute and ``daily`` articles a day (UTC); None takes the value of the
    settings, and 0 is without limit.
    """

    id: str
    name: str
    scopes: tuple[Scope, ...] = DEFAULT_SCOPES
    secrets: tuple[Secret, ...]
    rate: int | None = Field(default=None, ge=0, le=MOST_ARTICLES)
    daily: int | None = Field(default=None, ge=0, le=MOST_ARTICLES)
    created_at: datetime
    revoked_at: datetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_one_secret(cls, fields: Any) -> Any:  # noqa: ANN401 -- whatever the store holds.
        """Read the first form of the record too: one secret, without an end."""
        if "secret_sha256" not in fields:
            return fields
        rest = {name: value for name, value in fields.items() if name != "secret_sha256"}
        secret = {"sha256": fields["secret_sha256"], "created_at": fields["created_at"]}
        return {**rest, "secrets": [secret]}

    def live_secrets(self, now: datetime) -> tuple[Secret, ...]:
        """Return the secrets that open at this moment."""
        if self.revoked_at is not None:
            return ()
        return tuple(secret for secret in self.secrets if secret.live(now))

    @property
    def expires_at(self) -> datetime | None:
        """When the newest secret ends, and the key with it unless it is rotated before."""
        return self.secrets[-1].expires_at
