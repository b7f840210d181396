import pytest

from khabar.languages import Language
from workers.summarizers.standalone import Standing, standing

ENGLISH, RUSSIAN, ARABIC = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (ENGLISH, "He said the port would reopen on Monday."),
        (ENGLISH, "They agreed on the need to restore calm, it added."),
        (ENGLISH, "It also came as fighters were cornered near the river."),
        (ENGLISH, "But sporadic shelling has hit the town."),
        (ENGLISH, "For his part, Minister Oleg Sanin promised support."),
        (ENGLISH, "The two will meet again in spring."),
        (ENGLISH, '"We shall open on time," she said after the vote.'),
        (ENGLISH, "On Tuesday he told reporters the deal was near."),
        (RUSSIAN, "Он заявил, что порт откроется в понедельник."),
        (RUSSIAN, "По его словам, переговоры продолжатся весной."),
        (RUSSIAN, "Также планируется построить новую школу."),
        (RUSSIAN, "При этом цены на топливо не изменились."),
        (RUSSIAN, "Однако суд отклонил жалобу компании."),
        (RUSSIAN, "«Мы откроемся вовремя», — сказала она журналистам."),
        (ARABIC, "وقال إن الميناء سيعاد فتحه يوم الاثنين."),
        (ARABIC, "وأضاف أن المحادثات ستستأنف في الربيع."),
        (ARABIC, "كما شارك في المؤتمر ثلاثون خبيرا."),
        (ARABIC, "وحذّر من أن الأسعار سترتفع قريبا."),
        (ARABIC, "من جهته، وعد الوزير بتقديم الدعم."),
        (ARABIC, "ومع ذلك تراجعت الشكاوى هذا العام."),
    ],
)
def test_what_leans_on_the_sentence_before(language, text):
    assert standing(text, language, first=False) is Standing.FOLLOWING


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (ENGLISH, "President Amal Haddad said she would visit Tripoli in May."),
        (ENGLISH, "This week rain flooded forty streets in Dhaka."),
        (ENGLISH, "A man was arrested after he climbed the tower."),
        (ENGLISH, "The government approved a 6-billion budget on Friday."),
        (ENGLISH, '"We shall open on time," Mayor Ivo Kern told the council.'),
        (RUSSIAN, "Министр Олег Санин сообщил, что он посетит Каир."),
        (RUSSIAN, "Президент подписал указ о новых тарифах."),
        (ARABIC, "وقال وزير النقل سامي حداد إن الميناء سيعاد فتحه."),
        (ARABIC, "وقعت شركتان عقدا لبناء سكة حديد جديدة."),
    ],
)
def test_what_can_be_read_alone(language, text):
    assert standing(text, language, first=False) is Standing.FREE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (ENGLISH, "The meeting came one day after a truce was signed."),
        (ENGLISH, "Earlier on Monday, Minister Ali Saad visited the camp."),
        (RUSSIAN, "Ранее суд отклонил жалобу двух компаний."),
        (ARABIC, "وأضاف المتحدث سامي حداد أن الميناء مفتوح."),
    ],
)
def test_what_cannot_come_first(language, text):
    assert standing(text, language, first=False) is Standing.LATER


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (ENGLISH, "Will the ministers ever agree on a budget?"),
        (ENGLISH, "Read more about the budget talks on our site."),
        (ENGLISH, '"We will go on until the very end of it.'),
        (ENGLISH, '"We will go on until the very end of it."'),
        (ENGLISH, "Breaking news now"),
        (ENGLISH, "The ministers agreed on the following points:"),
        (RUSSIAN, "Читайте также нашу подборку новостей недели."),
        (ARABIC, "هل يتفق الوزراء على ميزانية جديدة؟"),
        (ARABIC, "اقرأ أيضا المزيد عن محادثات الميزانية."),
    ],
)
def test_what_has_no_place_in_a_summary(language, text):
    assert standing(text, language, first=True) is Standing.UNFIT


def test_the_first_sentence_of_an_article_may_name_its_subject_late():
    text = "The meeting lasted until his plane left, aides of Ivo Kern said."

    assert standing(text, ENGLISH, first=True) is Standing.FREE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (ENGLISH, "The two-week ceasefire between India and Pakistan collapsed on Friday."),
        (ENGLISH, "The two Koreas agreed to talk again in May."),
        (ENGLISH, "IT giant Infosys will cut 5,000 jobs in India."),
        (ENGLISH, "Both quarter-finals in Belgrade were put off."),
        (RUSSIAN, "А. Лукашенко прибыл в Москву на саммит ЕАЭС."),
        (RUSSIAN, "Этим летом в Сочи откроют новый порт."),
        (ARABIC, "فيما يتواصل القصف، وصل وفد إلى القاهرة."),
    ],
)
def test_a_lead_has_nothing_to_lean_on(language, text):
    assert standing(text, language, first=True) is Standing.FREE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (ENGLISH, "She was the first to climb it, in 1986."),
        (RUSSIAN, "Он первым поднялся на неё в 1986 году."),
        (ARABIC, "هو أول من صعد إليه عام 1986."),
    ],
)
def test_but_its_pronoun_means_nobody(language, text):
    assert standing(text, language, first=True) is Standing.FOLLOWING
