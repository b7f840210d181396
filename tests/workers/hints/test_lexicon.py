import lzma

import pytest

from khabar.languages import Language
from workers.hints.lexicon import HINTS, Lexicon
from workers.hints.stems import Stems

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC
SAID = {"hurricane": "ураган", "peninsula": "полуостров", "said": "", "Rosa": "Роза"}


@pytest.fixture
def lexicon():
    stems = Stems(EN)
    return Lexicon.of((EN, RU, stems.of(word), hint) for word, hint in SAID.items())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hurricanes", "ураган"),
        ("Hurricane's", "ураган"),
        ("“hurricane,”", "ураган"),
        ("peninsula-hurricane", "полуостров ураган"),
        ("said", ""),
        ("Said", ""),
        ("Rosa", "Роза"),
        ("unheard", ""),
        ("2024", ""),
        ("—", ""),
        ("", ""),
    ],
)
def test_words_are_found_by_their_stems(lexicon, text, expected):
    assert lexicon.hint(text, EN, RU) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("Simpson", "Симпсон"), ("McBride", "Мкбриде"), ("Al", ""), ("NATO", "")]
)
def test_a_name_that_is_not_there_is_spelt(lexicon, name, expected):
    assert lexicon.hint(name, EN, RU) == expected


def test_a_name_that_is_there_may_be_spelt_too(lexicon):
    assert lexicon.hint("Rosa", EN, RU, by_sound=True) == "Роса"
    assert lexicon.hint("Said", EN, RU, by_sound=True) == ""
    assert lexicon.hint("hurricane", EN, RU, by_sound=True) == "ураган"


def test_a_direction_that_it_does_not_know_has_no_hints(lexicon):
    assert lexicon.hint("Simpson", EN, AR) == ""


def test_what_was_written_is_read(lexicon, tmp_path):
    lexicon.write(tmp_path / HINTS)

    found = Lexicon.read(tmp_path / HINTS)

    assert [found.hint(word, EN, RU) for word in SAID] == list(SAID.values())
    text = lzma.decompress((tmp_path / HINTS).read_bytes()).decode()
    assert text.splitlines() == sorted(text.splitlines())
    assert "en\tru\thurrican\tураган" in text.splitlines()
