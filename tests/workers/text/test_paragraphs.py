import pytest

from workers.text.paragraphs import ends_sentence, is_wrapped, join_lines, split_lines


def joined(body: str) -> list[str]:
    return [span.of(body) for span in join_lines(body, split_lines(body))]


def test_lines_know_where_they_stand() -> None:
    body = "one\ntwo three\nfour"

    assert [span.of(body) for span in split_lines(body)] == ["one", "two three", "four"]
    assert split_lines("") == []


@pytest.mark.parametrize(
    "line", ["It ended.", 'He said "no."', "Really?»", "قال: ۔", "كيف؟", "So…"]
)
def test_ends(line: str) -> None:
    assert ends_sentence(line)


@pytest.mark.parametrize("line", ["It ended", "the “old” town (1920)", "в городе,"])
def test_middles(line: str) -> None:
    assert not ends_sentence(line)


def test_a_line_that_goes_on_in_lower_case_is_joined() -> None:
    assert joined("The minister of\ntransport resigned.\nHe left.") == [
        "The minister of\ntransport resigned.",
        "He left.",
    ]
    assert joined("Министр\nтранспорта ушел.\nОн уехал.") == [
        "Министр\nтранспорта ушел.",
        "Он уехал.",
    ]


def test_an_arabic_line_that_plainly_goes_on_is_joined() -> None:
    assert joined("أعلن الوزير في\nعمان أن الجسر آمن.\nوانتهى الاجتماع.") == [
        "أعلن الوزير في\nعمان أن الجسر آمن.",
        "وانتهى الاجتماع.",
    ]


def test_paragraphs_are_not_joined() -> None:
    assert joined("A headline\nThe story begins.\nIt ends.") == [
        "A headline",
        "The story begins.",
        "It ends.",
    ]


def test_a_hard_wrapped_text_is_joined_before_capitals_too() -> None:
    body = (
        "The council of the small town on the river said that\n"
        "Mayor Amy Todd and the engineers from Green Harbour had\n"
        "agreed to close the old bridge until the end of the\n"
        "summer.\n"
        "Drivers will have to take the ferry, which leaves from\n"
        "Pier Nine."
    )

    assert is_wrapped(body.split("\n"))
    assert len(joined(body)) == 2


def test_lines_with_a_gap_between_them_are_not_joined() -> None:
    body = "The minister of\nADVERT\ntransport resigned."
    lines = split_lines(body)

    assert len(join_lines(body, [lines[0], lines[2]])) == 2


def test_news_without_full_stops_is_not_one_sentence() -> None:
    body = "\n".join(
        [
            "قتل 12 شخصا في غارة على وسط قطاع غزة",
            "وزارة الصحة تعلن ارتفاع عدد القتلى",
            "الجيش يعلن اعتراض صاروخ أطلق من اليمن",
            "مصر وقطر تدعوان إلى هدنة لمدة شهرين",
            "سعر الذهب يرتفع إلى مستوى قياسي",
        ]
    )

    assert joined(body) == body.split("\n")


def test_one_small_letter_makes_no_wrapped_text() -> None:
    body = "\n".join(
        [
            "Ministers meet in Cairo over Gaza truce",
            "al-Shabaab claims attack on army base",
            "Oil prices rise after cut by producers",
            "Storm closes three ports in the Gulf",
            "Court frees former mayor of Nairobi",
        ]
    )

    assert joined(body) == body.split("\n")
