import pytest

from workers.summarizers.quotations import balanced, quoted_share, unquoted


@pytest.mark.parametrize(
    "text",
    [
        'He called it "a start".',
        "«Это начало», — сказал министр (вчера).",
        "Он добавил: „Хорошо“.",
        "وقال إن “هذا جيد”.",
        "The workers' union isn't pleased.",
    ],
)
def test_whole_quotations(text):
    assert balanced(text)


@pytest.mark.parametrize(
    "text",
    [
        '"We will go on.',
        "«Мы продолжим.",
        "продолжим», — сказал он.",
        "A bracket (left open.",
        "„Да.",
    ],
)
def test_half_quotations(text):
    assert not balanced(text)


def test_what_stands_in_quotation_marks():
    assert quoted_share('"abcdefgh"') == 1
    assert quoted_share("abc") == 0
    assert unquoted('"Yes," the mayor said.').split() == ["the", "mayor", "said."]
