import pytest

from workers.hints.insertion import insert_hints


def begins(token):
    return token.startswith("_")


def hint(word):
    return ["!", "".join(word)] if word[0] == "_b" else []


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ([], []),
        (["_a"], ["_a"]),
        (["_b"], ["_b", "!", "_b"]),
        (["_a", "_b", "c", "_d"], ["_a", "_b", "c", "!", "_bc", "_d"]),
        (["a", "b", "_b", "_b"], ["a", "b", "_b", "!", "_b", "_b", "!", "_b"]),
    ],
)
def test_a_hint_follows_the_last_token_of_its_word(tokens, expected):
    assert insert_hints(tokens, begins, hint) == expected


def test_what_is_too_long_for_a_word_is_not_asked_about():
    longest = ["_b", *"a" * 31]

    assert insert_hints(longest, begins, hint)[32:] == ["!", "".join(longest)]
    assert insert_hints([*longest, "a", "_b"], begins, hint)[33:] == ["_b", "!", "_b"]
