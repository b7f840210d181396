from benchmarks.sentence_pairs import DIRECTIONS, body_lines
from khabar.languages import Language


def test_a_tenth_is_held_out_and_every_line_has_three_languages():
    lines = list(body_lines())
    assert len(lines) > 10_000
    assert 0.08 < sum(line.held_out for line in lines) / len(lines) < 0.12
    assert all(set(line.texts) == set(Language) for line in lines)


def test_a_pair_takes_its_two_languages():
    line = next(iter(body_lines()))
    for source, target in DIRECTIONS:
        pair = line.pair(source, target)
        assert (pair.source, pair.output) == (line.texts[source], line.texts[target])
