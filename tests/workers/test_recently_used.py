import pytest

from workers.recently_used import RecentlyUsed


def test_what_was_used_longest_ago_goes():
    made: list[str] = []
    kept: RecentlyUsed[str, str] = RecentlyUsed(2)

    def get(key: str) -> str:
        return kept.get(key, lambda: made.append(key) or key.upper())

    assert [get(key) for key in "abacab"] == list("ABACAB")
    assert made == ["a", "b", "c", "b"]


def test_what_could_not_be_made_is_made_again():
    kept: RecentlyUsed[str, int] = RecentlyUsed(1)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 1) == 1


def test_making_one_may_take_another():
    kept: RecentlyUsed[str, str] = RecentlyUsed(1)
    assert kept.get("a", lambda: kept.get("b", lambda: "b") + "a") == "ba"
