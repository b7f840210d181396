from pathlib import Path

import pytest

from khabar.languages import Language
from training.items import NewsbankMalformed, held_out, read_items, read_newsbank

NEWSBANK = Path(__file__).parents[2] / "training" / "newsbank"

STORY = """#\tculture/museum\tTartu\tru
H\tMuseum opens\tМузей открылся\tافتتاح متحف
B\tA museum opened.\tОткрылся музей.\tافتتح متحف.
B\tIt is small.\tОн мал.\tوهو صغير.
S\tTartu has one more.\tВ Тарту стало одним больше.\tزاد عدد المتاحف.
"""
BRIEFS = """
#\tbriefs/animals\tworld\ten
B\tA leopard was freed.\tЛеопарда отпустили.\tأطلق فهد.
"""


def test_a_story_and_a_list_of_briefs(tmp_path):
    (tmp_path / "a.tsv").write_text(STORY + BRIEFS, encoding="utf-8")

    story, briefs = read_items(tmp_path)

    assert (story.topic, story.place, story.origin) == ("culture/museum", "Tartu", "ru")
    assert story.headlines[Language.ARABIC] == "افتتاح متحف"
    assert story.body[Language.RUSSIAN] == ("Открылся музей.", "Он мал.")
    assert story.summary[Language.ENGLISH] == ("Tartu has one more.",)
    assert briefs.headlines == {}
    assert briefs.summary[Language.RUSSIAN] == ()


def test_the_newsbank_is_all_its_folders(tmp_path):
    for folder in (".", "more", "close"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "a.tsv").write_text(STORY, encoding="utf-8")

    assert [item.close for item in read_newsbank(tmp_path)] == [False, False, True]


@pytest.mark.parametrize("name", ["gazetteer.tsv", "dictionary.tsv"])
def test_names_and_words_are_no_items(tmp_path, name):
    (tmp_path / name).write_text("city\tCairo\tКаир\tالقاهرة\n", encoding="utf-8")

    assert read_items(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    ["#\tonly\ttwo\n", "X\ta\tb\tc\n", "B\tan\titem\tunheaded\n"],
)
def test_a_malformed_file_is_refused(tmp_path, text):
    (tmp_path / "a.tsv").write_text(text, encoding="utf-8")

    with pytest.raises(NewsbankMalformed):
        read_items(tmp_path)


def test_about_a_tenth_of_the_newsbank_is_held_out_for_good():
    items = read_items(NEWSBANK)
    kept = [item for item in items if held_out(item)]

    assert 0.08 < len(kept) / len(items) < 0.12
    assert all(len({len(body) for body in item.body.values()}) == 1 for item in items)


def test_being_held_out_hangs_on_the_english_headline_alone(tmp_path):
    (tmp_path / "a.tsv").write_text(STORY, encoding="utf-8")
    (tmp_path / "b.tsv").write_text(STORY.replace("small", "vast"), encoding="utf-8")

    first, second = read_items(tmp_path)

    assert held_out(first) == held_out(second)
