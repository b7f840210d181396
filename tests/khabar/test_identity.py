import hashlib

from hypothesis import given
from hypothesis import strategies as st

from khabar.identity import canonical_json, digest, netstring

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4)


def test_the_digest_is_that_of_two_netstrings():
    expected = hashlib.sha256(b'4:kind,7:{"a":1},').hexdigest()
    assert digest("kind", {"a": 1}) == expected


def test_keys_are_sorted_and_nothing_is_escaped_that_need_not_be():
    assert canonical_json({"b": "خبر", "a": [None, True]}) == '{"a":[null,true],"b":"خبر"}'.encode()


def test_a_netstring_counts_bytes():
    assert netstring("é".encode()) == b"2:\xc3\xa9,"


@given(TEXTS, TEXTS)
def test_different_lists_of_texts_have_different_digests(first: list[str], second: list[str]):
    assert (digest("k", first) == digest("k", second)) == (first == second)
