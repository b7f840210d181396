import re

from benchmarks.builtin import main
from benchmarks.model_shapes import Shape
from khabar.recipe import RecipeBook
from tests.benchmarks.test_models import TINY


def test_every_direction_of_the_recipe_is_measured(capsys):
    shape = Shape("MarianConfig", 1_000, TINY)

    main(["--sentences", "2", "--beams", "1", "--rounds", "1"], shape)

    printed = capsys.readouterr().out
    rows = re.findall(
        r"^\| (\w\w-\w\w) \| (\d) \| (\d) \| ([\d.]+) \| \d+ \|$", printed, re.MULTILINE
    )
    searches = {(way, beam, other) for way, beam, other, _ in rows}
    ways = ("en-ru", "en-ar", "ru-en", "ar-en")
    own = str(RecipeBook.load(None, "builtin").default.decoding.beam_size)
    assert searches == {(way, *beams) for way in ways for beams in (("1", "1"), (own, "4"))}
    loaded = re.findall(r"^(khabar/builtin-\S+): [\d.]+ MB, loads in", printed, re.MULTILINE)
    assert loaded == ["khabar/builtin-from-english", "khabar/builtin-into-english"]
