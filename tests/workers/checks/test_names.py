import pytest

from tests.workers.checks.pairs import AR, EN, RU, pair
from workers.checks.names import NamesCheck, names_missing

CHECK = NamesCheck()


@pytest.mark.parametrize(
    ("source", "output", "way"),
    [
        ("He flew to Syria.", "Он вылетел в Сирию.", (EN, RU)),
        ("Syria's army left.", "Сирийская армия ушла.", (EN, RU)),
        ("The Turkish lira fell.", "Лира Турции упала.", (EN, RU)),
        ("He flew to Egypt.", "Он жил в Египте, а потом вернулся из Египта.", (EN, RU)),
        ("The U.S. left Iraq.", "الولايات المتحدة غادرت العراق.", (EN, AR)),
        ("Dutch police came.", "وصلت الشرطة الهولندية.", (EN, AR)),
        ("Rain fell in Beirut and Baghdad.", "هطل المطر ببيروت وبغداد.", (EN, AR)),
        ("В лиссабонском музее тихо.", "The Lisbon museum is quiet.", (RU, EN)),
        ("وصل اليمنيون إلى جنيف.", "Yemenis arrived in Geneva.", (AR, EN)),
        ("Angela Merkel spoke.", "تحدثت أنجيلا ميركل.", (EN, AR)),
        ("Angela Merkel spoke.", "Меркель выступила с речью.", (EN, RU)),
        ("It rained in Lucknow.", "Дождь прошёл в индийском городе Лакхнау.", (EN, RU)),
        ("He drove a van.", "Он вёл фургон.", (EN, RU)),
        ("قاد السيارة طوال الليل.", "He drove all night.", (AR, EN)),
        ("", "", (EN, RU)),
    ],
)
def test_the_same_name_in_another_form_passes(source, output, way):
    assert CHECK(pair(source, output, way)).passed


@pytest.mark.parametrize(
    ("source", "output", "way", "message"),
    [
        ("He flew to Syria.", "Он вылетел в Ливию.", (EN, RU), "Missing: Syria."),
        ("He flew to Syria.", "Он вылетел.", (EN, RU), "Missing: Syria."),
        ("Turkish police came.", "Пришла греческая полиция.", (EN, RU), "Missing: Turkish."),
        ("هطل المطر في بغداد.", "It rained in Damascus.", (AR, EN), "Missing: بغداد."),
        ("Он из Токио и Москвы.", "He is from Tokyo and Kyiv.", (RU, EN), "Missing: Москвы."),
        ("عاش في عمان.", "Он жил в Канберре.", (AR, RU), "Not in the source: Канберре."),
    ],
)
def test_another_name_fails_and_is_told(source, output, way, message):
    check = CHECK(pair(source, output, way))
    assert not check.passed
    assert check.message == message


def test_a_summary_may_leave_names_out():
    assert CHECK(pair("Oslo and Rome agreed.", "Oslo agreed.", (EN, EN))).passed


def test_names_missing_are_told_in_the_order_and_spelling_of_the_text():
    text = "Из Москвы в Рим через Вену"
    assert names_missing(text, RU, "To Vienna", EN) == ["Москвы"]
    assert names_missing("From Moscow via Vienna to Oslo", EN, "Вена", RU) == ["Moscow", "Oslo"]
