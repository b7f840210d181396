import pytest

from khabar.languages import Language
from khabar.word_forms import listed_bases, possible_bases, words_in

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


def is_form(word, listed, language):
    return not possible_bases(word, language).isdisjoint(listed_bases(listed, language))


@pytest.mark.parametrize(
    ("language", "listed", "words"),
    [
        (EN, "ceasefire", "ceasefire ceasefires Ceasefire CEASEFIRE"),
        (EN, "Houthi", "Houthi Houthis HOUTHIS"),
        (EN, "Houthis", "Houthi Houthis"),
        (EN, "party", "party parties"),
        (EN, "coach", "coach coaches"),
        (EN, "WHO", "WHO"),
        (EN, "MP", "MP MPs"),
        (RU, "перемирие", "перемирие перемирия перемирию перемирием Перемирии"),
        (RU, "Россия", "Россия России Россию Россией РОССИЯ"),
        (RU, "Петров", "Петров Петрова Петровым Петрову Петрове"),
        (RU, "новый", "новый нового новому новая новую новые новых новыми"),
        (RU, "российский", "российский российского российская российские российским"),
        (RU, "рынок", "рынок рынка рынке рынки рынков"),
        (RU, "отец", "отец отца отцом"),
        (RU, "область", "область области областью областями областей"),
        (RU, "самолёт", "самолёт самолета самолетами"),
        (RU, "семья", "семья семьи семью семьей семьями"),
        (RU, "ООН", "ООН"),
        (AR, "هدنة", "هدنة الهدنة والهدنة بهدنة للهدنة هدنته هدنات"),
        (AR, "القاهرة", "القاهرة والقاهرة بالقاهرة للقاهرة"),
        (AR, "رئيس", "رئيس الرئيس رئيسا رئيسها لرئيس وللرئيس"),
        (AR, "إعلان", "إعلان اعلان الإعلان بإعلان"),
        (AR, "مُحَمَّد", "محمد ومحمد"),
    ],
)
def test_its_forms_are_found(language, listed, words):
    assert [word for word in words.split() if not is_form(word, listed, language)] == []


@pytest.mark.parametrize(
    ("language", "listed", "words"),
    [
        (EN, "Andes", "and And andes"),
        (EN, "news", "new"),
        (EN, "WHO", "who Who"),
        (EN, "Rangers", "rangers ranger"),
        (EN, "party", "part parted"),
        (RU, "Того", "того"),
        (RU, "новый", "новость новости"),
        (RU, "Россия", "российский росой"),
        (RU, "воз", "ВОЗДУХ"),
        (AR, "هدنة", "هدف الهدف"),
        (AR, "رئيس", "رئاسة"),
    ],
)
def test_other_words_are_not(language, listed, words):
    assert [word for word in words.split() if is_form(word, listed, language)] == []


def test_words_are_what_stands_between_marks():
    assert words_in("Al-Aqsa's «двор», و\u200fالباب 3.5") == [
        *("Al", "Aqsa", "s", "двор", "و", "الباب", "3", "5"),
    ]
