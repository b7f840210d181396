"""How a check says what it found."""

from khabar.summary import Check


def outcome(name: str, problem: str | None) -> Check:
    """Return a passed check, or a failed one with the problem as its message."""
    return Check(name=name, passed=problem is None, message=problem)
