"""Finished answers kept in the memory of this process: bytes and headers, ready to send.

Summaries never change, so an answer made of them stays right until its article is withdrawn,
which every process is told at once.
"""

import hashlib
import re
import time
from collections import OrderedDict
from dataclasses import dataclass

from service.safe_headers import SAFE_HEADERS

_HASH = re.compile(r"[0-9a-f]{64}")
_OVERHEAD_BYTES = 500
"""Roughly what an entry costs beside its body."""
_Target = tuple[str, str, bytes]
"""The owner asked, the path and the query."""
_ALL = ""
LIFE_SECONDS = 300.0
"""After this long the store is asked again, so an answer outlives its summary by little."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A 200 with its strong entity tag (RFC 9110, 8.8.3)."""

    body: bytes
    etag: str
    headers: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, body: bytes) -> "Answer":
        """Build the answer for a JSON body."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "etag": etag,
            # A private cache may keep it, and asks whether it is still right after a minute.
            "cache-control": "private, max-age=60",
            "vary": "Authorization",
            **SAFE_HEADERS,
        }
        encoded = tuple((name.encode(), value.encode()) for name, value in headers.items())
        return cls(body, etag, encoded)

    def matches(self, if_none_match: str) -> bool:
        """Whether the client has this answer already (RFC 9110, 13.1.2: weak comparison)."""
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return self.etag in tags or "*" in tags


class AnswerCache:
    """Keeps the answers asked for most recently, up to a number of bytes.

    An answer is repeated to the owner it was given to; where answers are ``shared``, to anybody.
    """

    def __init__(self, most_bytes: int, *, shared: bool) -> None:
        self._most_bytes = most_bytes
        self._shared = shared
        self._bytes = 0
        self._answers: OrderedDict[_Target, tuple[float, Answer]] = OrderedDict()
        self._targets_of: dict[str, set[_Target]] = {}
        self.hits = 0
        self.withdrawals = 0
        """Counts up whenever something is withdrawn."""

    def find(self, owner: str, path: str, query: bytes) -> Answer | None:
        """Return the answer for a request target, if it is here and fresh."""
        target = (_ALL if self._shared else owner, path, query)
        found = self._answers.get(target)
        if found is None:
            return None
        kept_at, answer = found
        if time.monotonic() - kept_at > LIFE_SECONDS:
            self._drop(target)
            return None
        self._answers.move_to_end(target)
        self.hits += 1
        return answer

    def keep(self, owner: str, path: str, query: bytes, answer: Answer, *, since: int) -> None:
        """Keep an answer; the ones not asked for longest make room.

        ``since`` is what ``withdrawals`` was before the store was asked. An answer is not kept if
        anything was withdrawn meanwhile: it may be made of what is gone now.
        """
        target = (_ALL if self._shared else owner, path, query)
        size = _size(target, answer)
        if size > self._most_bytes or since != self.withdrawals:
            return
        self._drop(target)
        self._answers[target] = (time.monotonic(), answer)
        self._bytes += size
        if article_hash := _article_hash(path):
            self._targets_of.setdefault(article_hash, set()).add(target)
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._answers)))

    def withdraw(self, article_hash: str | None) -> None:
        """Forget the answers about an article, or all of them."""
        self.withdrawals += 1
        targets = (
            list(self._answers)
            if article_hash is None
            else list(self._targets_of.get(article_hash, ()))
        )
        for target in targets:
            self._drop(target)

    def _drop(self, target: _Target) -> None:
        found = self._answers.pop(target, None)
        if found is None:
            return
        self._bytes -= _size(target, found[1])
        article_hash = _article_hash(target[1])
        if article_hash:
            targets = self._targets_of[article_hash]
            targets.discard(target)
            if not targets:
                del self._targets_of[article_hash]


def _size(target: _Target, answer: Answer) -> int:
    return sum(map(len, target)) + len(answer.body) + _OVERHEAD_BYTES


def _article_hash(path: str) -> str | None:
    found = _HASH.search(path)
    return found[0] if found else None
