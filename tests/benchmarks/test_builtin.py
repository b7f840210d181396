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
        r"^\| (\w\w-\w\w) \| (\d) \| (yes|no) \| (\d) \| [\d.]+ \| \d+ \|$",
        printed,
        re.MULTILINE,
    )
    ways = ("en-ru", "en-ar", "ru-en", "ar-en")
    own = str(RecipeBook.load(None, "builtin").default.decoding.beam_size)
    searches = ((own, "no", "4"), (own, "yes", "4"), ("1", "no", "1"))
    wanted = [(way, *search) for way in ways for search in searches]
    # From English the recipe's translations are chosen without the way back.
    assert rows == [row for row in wanted if row[0][-2:] == "en" or row[2] == "no"]
    loaded = re.findall(r"^(khabar/builtin-\S+): [\d.]+ MB, loads in", printed, re.MULTILINE)
    assert loaded == ["khabar/builtin-from-english", "khabar/builtin-into-english"]
