from concurrent.futures import ThreadPoolExecutor

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


def test_many_threads_read_the_same():
    hints = Hints(lexicon(hurricane="ураган", peninsula="полуостров"), Letters())
    tokens = Letters().encode("hurricanes near the peninsula and Simpson " * 5)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: hints.among(tokens, ("!",), EN, RU), range(64)))

    assert all(one == found[0] for one in found)
    assert len(found[0]) > len(tokens)
