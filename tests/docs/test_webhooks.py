"""The code of docs/webhooks.md accepts what is sent, and nothing else."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from khabar.webhooks.message import Outcome
from khabar.webhooks.signature import new_secret, signatures

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")


@pytest.fixture
def is_genuine() -> Callable[..., bool]:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (code,) = (block for block in blocks if "def " in block)
    scope: dict = {}
    exec(code, scope)  # noqa: S102 -- our own page.
    return scope["is_genuine"]


def test_the_code_that_checks_signatures_works(is_genuine: Callable[..., bool]):
    old, new, now = new_secret(), new_secret(), int(time.time())

    def headers(at: int) -> dict[str, str]:
        return {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(at),
            "webhook-signature": signatures((new, old), "msg_1", at, b"{}"),
        }

    assert is_genuine(old, headers(now), b"{}")
    assert is_genuine(new, headers(now), b"{}")
    assert not is_genuine(new_secret(), headers(now), b"{}")
    assert not is_genuine(new, headers(now), b"{} ")
    assert not is_genuine(new, headers(now) | {"webhook-id": "msg_2"}, b"{}")
    assert not is_genuine(new, headers(now - 400), b"{}")


def test_every_outcome_is_explained():
    table = PAGE[PAGE.index("| Outcome of an attempt") :]
    assert {str(outcome) for outcome in Outcome} <= set(re.findall(r"`(\w+)`", table))
