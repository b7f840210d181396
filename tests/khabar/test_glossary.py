import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import GlossaryInvalid, RecipeInvalid
from khabar.glossary import NO_TERMS, Glossary, Term
from khabar.glossary_file import read_glossary, receive_glossary
from khabar.languages import Language

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC
CSV = """\
en,ru,ar,note
Security Council,Совет Безопасности,مجلس الأمن,
UN | United Nations,ООН | Организация Объединённых Наций,الأمم المتحدة,either will do
UN Security Council,Совет Безопасности ООН,مجلس الأمن الدولي,
ceasefire,перемирие,هدنة | وقف إطلاق النار,
prime minister,премьер-министр,رئيس الوزراء,
Kyiv,Киев,,
"""


@pytest.fixture
def read(tmp_path):
    def read(content: str | bytes) -> Glossary:
        path = tmp_path / "glossary.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_glossary(path)

    return read


@pytest.fixture
def glossary(read):
    return read(CSV)


def sources(terms: tuple[Term, ...]) -> list[str]:
    return [term.source for term in terms]


def test_terms_are_found_in_order_with_their_renderings(glossary):
    found = glossary.terms_in("A ceasefire, said the UN. The ceasefires held.", EN, AR)
    assert found == (
        Term("ceasefire", ("هدنة", "وقف إطلاق النار")),
        Term("UN", ("الأمم المتحدة",)),
    )


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("the UN Security Council met", EN, ["UN Security Council"]),
        ("the Security Council of the United Nations", EN, ["Security Council", "United Nations"]),
        ("Премьер-министру и Совету Безопасности", RU, ["премьер-министр", "Совет Безопасности"]),
        ("ولرئيس الوزراء في مجلس الأمن", AR, ["رئيس الوزراء", "مجلس الأمن"]),
        ("a security council, un, primes", EN, []),
        ("", EN, []),
    ],
)
def test_the_longest_term_counts_in_any_form(glossary, text, source, expected):
    target = RU if source is not RU else EN
    assert sources(glossary.terms_in(text, source, target)) == expected


def test_a_term_without_a_rendering_is_none(glossary):
    assert sources(glossary.terms_in("Kyiv", EN, RU)) == ["Kyiv"]
    assert glossary.terms_in("Kyiv", EN, AR) == ()


@pytest.mark.parametrize(
    ("output", "missing"),
    [
        ("О перемирии сообщили в ООН.", []),
        ("О перемирии сообщили в Организации Объединённых Наций.", []),
        ("О затишье сообщили в ООН.", ["ceasefire"]),
        ("О затишье сообщили в совете.", ["ceasefire", "UN"]),
    ],
)
def test_what_is_not_rendered_is_missing(glossary, output, missing):
    source = "The UN announced a ceasefire."
    assert sorted(sources(glossary.missing(source, EN, output, RU))) == sorted(missing)


def test_a_glossary_of_nothing_finds_nothing():
    assert NO_TERMS.terms_in("The UN announced a ceasefire.", EN, RU) == ()


def test_the_digest_is_that_of_the_terms(read, glossary):
    noted = CSV.replace("either will do", "both").replace("en,ru", "EN, ru ")
    assert read(noted).digest == glossary.digest
    assert read(CSV.replace("\n", "\r\n")).digest == glossary.digest
    assert read(CSV.replace(",", ";")).digest == glossary.digest
    assert read(b"\xef\xbb\xbf" + CSV.encode()).digest == glossary.digest
    assert read(CSV.replace("ё", "е\u0308")).digest == glossary.digest
    assert read(CSV.replace("هدنة", "الهدنة")).digest != glossary.digest
    assert read(CSV.replace("UN | United Nations", "United Nations | UN")).digest != glossary.digest


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "line 1 names fewer than two languages"),
        ("en,note\na,b", "line 1 names fewer than two languages"),
        ("en,de\na,b", "line 1 names a column that is neither a language nor note: de"),
        ("en,ru,en\na,b,c", "line 1 names a column twice: en"),
        ("en,ru\n\none,один\ntwo", "line 4 has a term in fewer than two languages"),
        ("en,ru\none,один,два", "line 2 has too many cells"),
        ("en,ru\none,один\nOne,единица", "line 3 lists a term again that line 2 has: One"),
        ("en,ru\n=1+1,один", "line 2 has a cell that a spreadsheet would run"),
        ("en,ru\none, @один", "line 2 has a cell that a spreadsheet would run"),
        ("en,ru,note\none,один,=1", "line 2 has a cell that a spreadsheet would run"),
        ("en,ru\none,один\ntwo,д\0ва", "line 3 has a NUL"),
        ('en,ru\n"o\nne",один', "line 3 has a cell of several lines"),
        ('en,ru\n"one,один', "line 2 is not CSV"),
        ("en,ru\none,!!!", "line 2 has a term without a word: !!!"),
        ("en,ru\none|,один", "line 2 has a term without a word: ."),
        ("en,ru\n" + "a" * 101 + ",один", "line 2 has a term that is too long"),
        ("en,ru\n" + "a" * 140_000 + ",один", "line 2 is not CSV"),
        ("en,ru\n" + "a,б\n" * 5_001, "again"),
        ("en,ru\n" + "".join(f"a{n},б{n}\n" for n in range(5_001)), "line 5002 has too many"),
        ("en,ru\none,один\n" + "\n" * 1_048_576, "is too large"),
        (b"en,ru\none,\xee\xe4\xe8\xed", "is not UTF-8"),
    ],
)
def test_a_mistake_is_told_with_its_line(read, content, part):
    with pytest.raises(RecipeInvalid) as caught:
        read(content)
    assert part in caught.value.message
    assert "glossary.csv" in caught.value.message
    assert caught.value.field == "glossary"


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(RecipeInvalid, match="cannot be read"):
        read_glossary(tmp_path / "glossary.csv")


def test_invisible_characters_go(read):
    found = read("en,ru\n\u202eone\u200b\ttwo,  один \n")
    assert found.terms_in("one two", EN, RU) == (Term("one two", ("один",)),)


@given(st.text(alphabet='abя=,;"|\n\r\t\u202e ', max_size=60))
def test_any_file_is_read_or_refused(tmp_path_factory, body):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text("en,ru\n" + body, encoding="utf-8", newline="")
    try:
        glossary = read_glossary(path)
    except RecipeInvalid:
        return
    for entry in glossary.entries:
        for term in entry.terms[EN]:
            assert glossary.terms_in(term, EN, RU)


def received(content: bytes) -> tuple[Glossary, str] | GlossaryInvalid:
    try:
        return receive_glossary(content)
    except GlossaryInvalid as refused:
        return refused


@given(st.text(alphabet='abя=,;"|\n\r\t\0\ufeff', max_size=60) | st.binary(max_size=60))
def test_whatever_is_sent_is_read_or_refused_without_its_words(body):
    sent = body if isinstance(body, bytes) else f"en,ru\nalpha,альфа\n{body}".encode()
    answer = received(sent)
    if isinstance(answer, GlossaryInvalid):
        assert "alpha" not in answer.message
        assert answer.field == "glossary"
        return
    glossary, text = answer
    assert Glossary.decode(glossary.encode()).digest == glossary.digest
    again, _ = receive_glossary(text.encode())
    assert again.digest == glossary.digest


@pytest.mark.parametrize(("entries", "limit"), [(5_000, None), (5_001, 5_000)])
def test_the_limit_of_entries(entries, limit):
    rows = "".join(f"a{number},б{number}\n" for number in range(entries))
    answer = received(f"en,ru\n{rows}".encode())
    assert getattr(answer, "limit", None) == limit


@given(st.integers(1, 200))
def test_the_limit_of_letters(letters):
    answer = received(f"en,ru\n{'z' * letters},я\n".encode())
    expected = (None, None) if letters <= 100 else (100, letters)
    assert (getattr(answer, "limit", None), getattr(answer, "given", None)) == expected
