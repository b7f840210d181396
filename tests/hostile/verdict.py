"""What every answer has to be, whatever was asked."""

import json

from service.schemas import Problem
from tests.hostile.attacks import Attack
from tests.hostile.wire import Answer


def faults(answer: Answer) -> list[str]:
    """Return what is wrong with an answer to anything at all."""
    if answer.status == 0:
        return []
    found = []
    if answer.status >= 500:
        found.append(f"status {answer.status}: {answer.body[:300]!r}")
    if answer.status >= 400:
        found += _problem_faults(answer)
    found += [
        f"no {name}"
        for name in ("x-content-type-options", "content-security-policy", "referrer-policy")
        if name not in answer.headers
    ]
    return found


def verdict(attack: Attack, answer: Answer) -> list[str]:
    """Return what is wrong with the answer to an attack."""
    found = faults(answer)
    if answer.status not in attack.answers:
        found.append(
            f"status {answer.status}, expected {sorted(attack.answers)}: {answer.body[:300]!r}"
        )
    return found


def _problem_faults(answer: Answer) -> list[str]:
    kind = answer.headers.get("content-type")
    if kind != "application/problem+json":
        return [f"{answer.status} with {kind}: {answer.body[:100]!r}"]
    problem = Problem.model_validate(json.loads(answer.body))
    found = []
    if problem.status != answer.status:
        found.append(f"status {problem.status} in a {answer.status}")
    if len(answer.body) > 20_000:
        found.append(f"a problem of {len(answer.body)} bytes")
    return found
