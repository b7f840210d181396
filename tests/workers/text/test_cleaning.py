import time

import pytest

from workers.text.cleaning import drop_notices, is_header_line, take_header
from workers.text.paragraphs import split_lines


def header(body: str, headline: str | None = None) -> tuple[list[str], str | None]:
    lines, found = take_header(body, split_lines(body), headline)
    return [line.of(body) for line in lines], found


def noticed(body: str) -> list[str]:
    return [line.of(body) for line in drop_notices(body, split_lines(body))]


@pytest.mark.parametrize(
    "line",
    [
        "Last updated on: 20 March,2019 07:57 am",
        "Published Tuesday 3 March 2026",
        "Updated: 14:02 GMT",
        "March 3, 2026",
        "By Jane Doe",
        "By Jane O'Neill and Omar Haddad, Reuters",
        "By Yousef al-Haddad and Jan van der Berg",
        "Reuters Staff",
        "Обновлено в 12:40",
        "Опубликовано: 3 марта 2026 г.",
        "Автор: Иван Петров",
        "12 марта 2026, 14:30",
        "آخر تحديث: 20 مارس 2019 07:57",
        "نشر في 3 مارس 2026",
        "كتب: أحمد سالم",
        "الثلاثاء 3 مارس 2026",
        "الثلاثاء 4 مارس 2025 - 03:15 م",
        "الثلاثاء 4 مارس 2025 - 03:15 مساء",
    ],
)
def test_header_lines(line: str) -> None:
    assert is_header_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the river had fallen to 2 metres.",
        "Published in 2019, the report was ignored.",
        "Updated figures show 12 dead, said the ministry!",
        "Friday",
        "Обновлено 12 школ, сообщила мэрия. Работы продолжаются.",
        "Источник сообщил, что мост закрыт.",
        "كتب الوزير رسالة إلى البرلمان.",
        "May",
    ],
)
def test_sentences_are_no_header_lines(line: str) -> None:
    assert not is_header_line(line)


def test_a_headline_is_found() -> None:
    assert header("Ferry resumes after storm\nBy Jane Doe\nThe ferry resumed.") == (
        ["The ferry resumed."],
        "Ferry resumes after storm",
    )


def test_a_headline_with_a_question_mark_is_known_by_the_date_below_it() -> None:
    assert header("Who pays for the bridge?\nUpdated 3 May 2026\nNobody does.") == (
        ["Nobody does."],
        "Who pays for the bridge?",
    )


def test_a_repeated_headline_is_dropped() -> None:
    body = "FERRY RESUMES, AT LAST!\nThe ferry resumed."

    assert header(body, "Ferry resumes at last") == (["The ferry resumed."], None)


@pytest.mark.parametrize(
    "body",
    [
        "Officials said the bridge had reopened.\nPhoto: Omar Haddad / AFP\nCars queued at once.",
        "Мост открыли, сообщили в мэрии.\nФото: Reuters\nОчередь выстроилась сразу.",
    ],
)
@pytest.mark.parametrize("headline", [None, "Bridge open"])
def test_a_lead_above_a_credit_stays(body: str, headline: str | None) -> None:
    first, _, last = body.split("\n")

    assert header(body, headline) == ([first, last], None)


def test_a_lead_without_a_full_stop_stays_where_it_is_unlike_the_headline_sent() -> None:
    body = "أعلنت وزارة الصحة تسجيل 172 حالة في ولاية الخرطوم\nوقالت الوزارة إن الوضع مستقر."

    assert header(body, "الكوليرا تنتشر في السودان") == (body.split("\n"), None)


def test_the_given_headline_needs_no_other_but_the_first_line_goes() -> None:
    lines, _ = header("Ferry back at sea\nThe ferry resumed.", "Ferry resumes after storm")

    assert lines == ["The ferry resumed."]


@pytest.mark.parametrize(
    "body",
    [
        "The ferry resumed.\nTickets cost 40 lira.",
        "Only one line without an end",
        "First line of a poem\nSecond line of it",
        "The minister of transport\nresigned on Monday.\nHe left.",
        "Is it over?\nNobody knows.",
    ],
)
def test_a_body_without_a_header_stays(body: str) -> None:
    assert header(body) == (body.split("\n"), None)


@pytest.mark.parametrize(
    "notice",
    [
        "Read more: Bridge closed for summer",
        "Also read",
        "ADVERTISEMENT",
        "© 2026 Daily News. All rights reserved.",
        "All rights reserved",
        "ENDS",
        "(Reporting by Jane Doe in Amman; Editing by Omar Haddad)",
        "[Written by Jane Doe]",
        "Читайте также: Мост закрыли",
        "Реклама",
        "© РИА Новости, 2026",
        "(Репортаж Ивана Петрова, редактор Анна Смирнова)",
        "اقرأ أيضا: إغلاق الجسر",
        "جميع الحقوق محفوظة",
        "(إعداد أحمد سالم للنشرة العربية - تحرير ليلى حداد)",
        "انتهى",
    ],
)
def test_notices_are_dropped(notice: str) -> None:
    assert noticed(f"One sentence.\n{notice}\nAnother sentence.") == [
        "One sentence.",
        "Another sentence.",
    ]


@pytest.mark.parametrize(
    "sign_off",
    [
        " (Reporting by Jane Doe (Amman); Editing by Omar Haddad)",
        " --SPA",
        " (إعداد أحمد سالم)",
        " © 2026 Agence France-Presse",
        " Copyright 2026 The Associated Press. All rights reserved.",
        " (Translated by Jane Doe)",
        " (ENDS)",
        " (Additional reporting by Jane Doe) (Editing by Omar Haddad) --WAM",
    ],
)
def test_a_sign_off_is_cut_from_the_last_sentence(sign_off: str) -> None:
    assert noticed(f"It ended on Monday.{sign_off}") == ["It ended on Monday."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Read more books, the minister told pupils on a visit to the school.",
        "Watch sales fell by 4 percent.",
        "The reporter (a Dane) was freed.",
        "Реклама табака запрещена.",
        "المزيد من الأمطار متوقع غدا في شمال البلاد.",
        "End of the line for the old tram",
        "Copyright holders sued the company on Monday, saying it had paid them nothing.",
        "The judge ruled that the company had repeatedly violated copyright law.",
        "The song's copyright was sold for $500 million, its owner said on Tuesday.",
        "He published three novels (written in prison)",
        "It sold well (translated into 40 languages)",
        "Вышла повесть (перевод с арабского)",
        "وسيطرت على المدينة هيئة (تحرير الشام)",
    ],
)
def test_sentences_are_no_notices(sentence: str) -> None:
    assert noticed(sentence) == [sentence]


@pytest.mark.parametrize(
    "body",
    [
        "(" * 1_000_000,
        "(ends)" * 150_000,
        "By A " * 200_000,
        "Updated 1\n" * 100_000,
        "- " * 500_000,
    ],
)
def test_hostile_lines_take_linear_time(body: str) -> None:
    began = time.process_time()
    lines, _ = take_header(body, split_lines(body), None)
    drop_notices(body, lines)

    assert time.process_time() - began < 5
