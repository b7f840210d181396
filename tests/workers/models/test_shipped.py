"""The models that come with the package: whole, small, asked for, and able to translate."""

import re
from itertools import permutations

import pytest

from benchmarks.sentence_pairs import NEWSBANK
from khabar.languages import Language
from khabar.recipe import RecipeBook
from training.evaluate import files_sum
from training.forms import without_yo
from training.items import held_out, read_newsbank
from workers.engines.load import load_engine
from workers.engines.shortlist import has_shortlist, read_shortlist
from workers.models.converted import SHORTLIST
from workers.models.store import SHIPPED, InstalledModel, ModelStore
from workers.protocols import Decoding

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC
RECIPE = RecipeBook.load(None, "builtin").default
LARGEST_FILE, LARGEST_ALL = 16 * 10**6, 60 * 10**6
MOST_MISSING = 0.001
SENTENCES = {
    EN: "The president said on Tuesday that 370,000 people had left the city of Damascus.",
    RU: "Президент заявил во вторник, что 370 000 человек покинули город Дамаск.",
    AR: "قال الرئيس يوم الثلاثاء إن 370,000 شخص غادروا مدينة دمشق.",
}
SAID = {
    EN: ("president", "Tuesday", "Damascus"),
    RU: ("[Пп]резидент", "вторник", "Дамаск"),
    AR: ("الرئيس", "الثلاثاء", "دمشق"),
}
HOW_MANY = r"370(\D?000| thousand| тысяч| ألف)"


@pytest.fixture(scope="module", params=[choice.id for choice in RECIPE.models])
def model(request) -> InstalledModel:
    (choice,) = (one for one in RECIPE.models if one.id == request.param)
    return ModelStore(SHIPPED).find_sound(choice, RECIPE.name)


def test_the_package_holds_what_the_recipe_asks_for_and_no_more():
    asked = {f"{choice.id}@{choice.revision}" for choice in RECIPE.models}
    assert ModelStore(SHIPPED).sizes().keys() == asked


def test_no_file_is_too_large_for_git_and_all_are_small():
    sizes = [path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()]
    assert max(sizes) < LARGEST_FILE
    assert sum(sizes) < LARGEST_ALL


def test_the_card_tells_whose_the_models_are(model):
    assert model.manifest.id in RECIPE.card
    assert model.manifest.licence in RECIPE.card
    _, _, scores = RECIPE.card.partition("<!-- scores: begin -->")
    named = f"{model.manifest.id}, revision {model.manifest.revision}, int8"
    summed = f"{named} ({files_sum(model.manifest)})"
    assert summed in scores, "the table is that of other files"


def test_a_plain_sentence_keeps_who_when_where_and_how_many(model):
    engine = load_engine(model)
    decoding = Decoding(**RECIPE.decoding.model_dump())
    for pair in model.manifest.pairs:
        (found,) = engine.reading(pair.source).generate(
            [SENTENCES[pair.source]], decoding, target=pair.target
        )
        assert found.finished
        for word in SAID[pair.target]:
            assert re.search(word, found.text), found.text
        assert re.search(HOW_MANY, found.text), found.text


@pytest.mark.parametrize(("source", "target"), list(permutations(Language, 2)))
def test_every_language_leads_to_every_other(source: Language, target: Language):
    assert len(RECIPE.route(source, target)) == (1 if EN in (source, target) else 2)


def test_the_shortlist_lets_a_search_write_what_translators_wrote(model):
    assert has_shortlist(model)
    vocabulary = load_engine(model)._vocabulary
    rules = read_shortlist(model.folder / SHORTLIST)
    unseen = [item for item in read_newsbank(NEWSBANK) if held_out(item)]
    for target in sorted(model.manifest.targets):
        let = rules[model.manifest.target_tokens[target][0]]
        texts = [without_yo(text) for item in unseen for text in item.body[target]]
        wanted = [piece for text in texts for piece in vocabulary.encode(text)]
        assert sum(piece not in let for piece in wanted) < MOST_MISSING * len(wanted)
