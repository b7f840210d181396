from service.answers import Answer, AnswerCache

ARTICLE = "/v1/summaries/" + "a" * 64


def test_the_cache_stays_within_its_bytes_and_drops_the_least_asked():
    cache = AnswerCache(4_000, shared=False)
    answers = {f"/{n}": Answer.of(b"x" * 500) for n in range(6)}
    for path, answer in answers.items():
        cache.keep("k1", path, b"", answer, since=cache.withdrawals)
        cache.find("k1", "/0", b"")
    kept = [path for path in answers if cache.find("k1", path, b"")]
    assert "/0" in kept
    assert "/5" in kept
    assert len(kept) == 3


def test_what_is_larger_than_the_cache_is_not_kept():
    cache = AnswerCache(100, shared=False)
    cache.keep("k1", "/1", b"", Answer.of(b"x"), since=cache.withdrawals)
    assert cache.find("k1", "/1", b"") is None


def test_withdrawing_forgets_every_answer_about_the_article():
    cache = AnswerCache(100_000, shared=False)
    other = "/v1/summaries/" + "b" * 64
    for path in (ARTICLE, f"{ARTICLE}/ru", other):
        cache.keep("k1", path, b"", Answer.of(b"1"), since=cache.withdrawals)
    cache.keep("k1", ARTICLE, b"length=long", Answer.of(b"2"), since=cache.withdrawals)
    cache.withdraw("a" * 64)
    assert cache.find("k1", ARTICLE, b"") is None
    assert cache.find("k1", ARTICLE, b"length=long") is None
    assert cache.find("k1", f"{ARTICLE}/ru", b"") is None
    assert cache.find("k1", other, b"") is not None
    cache.withdraw(None)
    assert cache.find("k1", other, b"") is None


def test_queries_are_told_apart():
    cache = AnswerCache(100_000, shared=False)
    cache.keep("k1", ARTICLE, b"length=long", Answer.of(b"1"), since=cache.withdrawals)
    assert cache.find("k1", ARTICLE, b"length=short") is None


def test_what_was_read_before_a_withdrawal_is_not_kept_after_it():
    cache = AnswerCache(100_000, shared=False)
    since = cache.withdrawals
    cache.withdraw("a" * 64)
    cache.keep("k1", ARTICLE, b"", Answer.of(b"1"), since=since)
    assert cache.find("k1", ARTICLE, b"") is None


def test_an_answer_is_not_repeated_to_another():
    for shared in (False, True):
        cache = AnswerCache(100_000, shared=shared)
        cache.keep("k1", ARTICLE, b"", Answer.of(b"1"), since=cache.withdrawals)
        assert cache.find("k1", ARTICLE, b"") is not None
        assert (cache.find("k2", ARTICLE, b"") is not None) is shared
        assert (cache.find("", ARTICLE, b"") is not None) is shared
        cache.withdraw("a" * 64)
        assert cache.find("k1", ARTICLE, b"") is None
