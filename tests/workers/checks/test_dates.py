import pytest

from tests.workers.checks.pairs import AR, EN, RU, pair
from workers.checks.dates import DatesCheck

CHECK = DatesCheck()


@pytest.mark.parametrize(
    ("source", "output", "way"),
    [
        ("It began on 3 May.", "Всё началось 3 мая.", (EN, RU)),
        ("It began on 3 May.", "Всё началось 3.05.", (EN, RU)),
        ("It may rain and they march.", "Возможен дождь, и они идут.", (EN, RU)),
        ("It opened in January.", "افتتح في كانون الثاني.", (EN, AR)),
        ("It opened in January.", "افتتح في يناير.", (EN, AR)),
        ("It opened in August.", "افتتح في آب الماضي.", (EN, AR)),
        ("افتتح في ٣ تشرين الأول.", "It opened on Oct. 3.", (AR, EN)),
        ("He left on Wednesday.", "Он уехал в среду.", (EN, RU)),
        ("В этой среде растут грибы.", "Mushrooms grow in it.", (RU, EN)),
        ("Он уехал в понедельник.", "غادر الاثنين.", (RU, AR)),
        ("غادر الاثنان، وعاد أحد الرجال.", "Both left, and a man came back.", (AR, EN)),
        ("He told the Sunday Times.", "Он рассказал газете.", (EN, RU)),
        ("It opens on Saturdays.", "Он открыт по субботам.", (EN, RU)),
        ("It opens every Friday.", "يفتح كل جمعة.", (EN, AR)),
        ("On Monday night it burnt.", "В ночь на вторник он сгорел.", (EN, RU)),
        ("В ночь на понедельник он сгорел.", "احترق ليل الأحد.", (RU, AR)),
        ("Воскресший вышел на субботник.", "The risen man came to clean.", (RU, EN)),
        ("", "", (EN, RU)),
    ],
)
def test_the_same_date_in_another_form_passes(source, output, way):
    assert CHECK(pair(source, output, way)).passed


@pytest.mark.parametrize(
    ("source", "output", "way", "message"),
    [
        ("It began on 3 May.", "Всё началось 3 июня.", (EN, RU), "Missing: 3 May."),
        ("It opened in January.", "افتتح في كانون الأول.", (EN, AR), "Missing: January."),
        ("He left on Friday.", "Он уехал.", (EN, RU), "Missing: Friday."),
        ("He left.", "Он уехал в пятницу.", (EN, RU), "Not in the source: пятницу."),
        ("On Monday night it burnt.", "Во вторник он сгорел.", (EN, RU), "Missing: Monday."),
        ("غادر يوم الثلاثاء.", "He left on Thursday.", (AR, EN), "Missing: الثلاثاء."),
    ],
)
def test_another_date_fails_and_is_told(source, output, way, message):
    check = CHECK(pair(source, output, way))
    assert not check.passed
    assert check.message == message


def test_a_summary_may_leave_dates_out_but_not_make_them_up():
    assert CHECK(pair("He left on Friday in June.", "He left in June.", (EN, EN))).passed
    assert not CHECK(pair("He left in June.", "He left on Friday.", (EN, EN))).passed
