from benchmarks.sentence_pairs import DIRECTIONS, body_lines, read_lines
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


def test_lines_of_a_file_follow_its_heading(tmp_path):
    path = tmp_path / "more.tsv"
    path.write_text("en\tru\tar\nIt rained.\tШёл дождь.\tهطل المطر.\n", encoding="utf-8")
    (line,) = read_lines(path)
    assert line.held_out
    assert line.pair(Language.RUSSIAN, Language.ARABIC).output == "هطل المطر."
