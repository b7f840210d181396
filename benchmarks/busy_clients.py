"""Sixteen clients that keep the whole service busy with articles it has not seen."""

import http.client
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from khabar.languages import Language
from training.items import read_items

CLIENTS = 16
_NEWSBANK = Path(__file__).parents[1] / "training" / "newsbank"
WAIT_SECONDS = 600

Story = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """When a job was done, by ``perf_counter``, what was translated, and into what."""

    at: float
    sources: tuple[str, ...]
    translations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The answers that came while all clients were busy, and the seconds that took."""

    answers: Sequence[Answer]
    seconds: float


def stories() -> Iterator[Story]:
    """Yield English stories without end, each another one than all before."""
    items = [item for item in read_items(_NEWSBANK) if item.headlines]
    for edition in itertools.count(1):
        for item in items:
            yield {
                "headline": item.headlines[Language.ENGLISH],
                # The last paragraph makes it another article, and is no sentence for a summary.
                "text": "\n".join([*item.body[Language.ENGLISH], f"({edition})"]),
                "languages": ["en", "ru"],
                "length": "long",
            }


def drive(url: str, recipe: str, sent: Sequence[Story]) -> Stretch:
    """Have the clients send the stories, each the next one when its last is answered.

    The stretch begins with the answer to as many as there are clients, and ends when the last
    story is sent: before and after, fewer than all have work with the service. Raises RuntimeError
    for a job that was not done.
    """
    waiting = iter(sent)
    ends: list[float] = []

    def work(_: int) -> list[Answer]:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=2 * WAIT_SECONDS)
        answers = []
        # One thread at a time takes from an iterator of a sequence: the interpreter sees to that.
        for story in waiting:
            ends.append(perf_counter())
            answers.append(_ask(connection, {**story, "recipe": recipe}))
        connection.close()
        return answers

    with ThreadPoolExecutor(CLIENTS) as pool:
        found = sorted(itertools.chain(*pool.map(work, range(CLIENTS))), key=lambda one: one.at)
    start, end = found[CLIENTS - 1].at, max(ends)
    inside = [one for one in found[CLIENTS:] if one.at <= end]
    if not inside:
        raise RuntimeError(f"{len(sent)} stories do not keep {CLIENTS} clients busy.")
    return Stretch(inside, inside[-1].at - start)


def _ask(connection: http.client.HTTPConnection, story: Story) -> Answer:
    headers = {"Content-Type": "application/json", "Prefer": f"wait={WAIT_SECONDS}"}
    connection.request("POST", "/v1/jobs", json.dumps(story), headers)
    job = json.loads(connection.getresponse().read())
    if job.get("state") != "done" or any(one["cached"] for one in job["languages"].values()):
        raise RuntimeError(f"The job was not done as it should be: {json.dumps(job)[:2000]}")
    return Answer(perf_counter(), *(_texts(job, code) for code in ("en", "ru")))


def _texts(job: Mapping[str, Any], code: str) -> tuple[str, ...]:
    summary = job["languages"][code]["summary"]
    return (summary["headline"], *(sentence["text"] for sentence in summary["sentences"]))
