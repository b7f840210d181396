import lzma

import pytest

from khabar.errors import EngineFailed
from khabar.languages import Language
from workers.hints.lexicon import HINTS, Lexicon
from workers.hints.sources import Hints, load_hints, text_of
from workers.hints.stems import Stems

EN, RU = Language.ENGLISH, Language.RUSSIAN


class Letters:
    """A vocabulary whose pieces are halves of words."""

    def encode(self, text):
        halves = ((word[:3], word[3:]) for word in text.split())
        return [piece for one, other in halves for piece in (f"▁{one}", other) if piece]


def lexicon(**hints):
    stems = Stems(EN)
    return Lexicon.of((EN, RU, stems.of(word), hint) for word, hint in hints.items())


def test_hints_stand_after_their_words_behind_the_mark():
    hints = Hints(lexicon(hurricane="ураган"), Letters())

    found = hints.among(Letters().encode("the hurricane, Simpson"), (">>rus<<",), EN, RU)

    assert found == [
        *("▁the", "▁hur", "ricane,", ">>rus<<", "▁ура", "ган"),
        *("▁Sim", "pson", ">>rus<<", "▁Сим", "псон"),
    ]


def test_bytes_are_letters_that_have_no_piece():
    assert text_of(("▁Erdo", "<0xC4>", "<0x9F>", "an")) == "Erdoğan"
    assert text_of(("▁a", "<0xFF>", "b")) == "ab"


def test_a_model_without_the_file_reads_no_hints(tmp_path):
    assert load_hints(tmp_path, Letters()) is None

    lexicon(hurricane="ураган").write(tmp_path / HINTS)

    assert load_hints(tmp_path, Letters()) is not None


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", lzma.compress(b"en\tru\tone"), lzma.compress(b"en\txx\tone\ttwo")],
)
def test_a_lexicon_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / HINTS).write_bytes(content)

    with pytest.raises(EngineFailed, match=HINTS):
        load_hints(tmp_path, Letters())
