"""One article through the whole service: HTTP, Redis, a worker, a real model, and back."""

import json

import httpx
import pytest

from khabar.identify import identify
from khabar.languages import Language
from tests.e2e.cluster import Cluster, metric
from tests.e2e.stories import article, story, translations

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


def submit(client: httpx.Client, sent: dict) -> dict:
    answer = client.post("/v1/jobs", json=sent, headers={"Prefer": "wait=30"})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("source", [EN, RU, AR])
def test_every_language_becomes_the_two_others(service: Cluster, source: Language):
    with service.client() as client:
        job = submit(client, article(1, source))
    assert job["state"] == "done"
    assert job["source_language"] == source
    told = story(1)
    summaries = {code: language["summary"] for code, language in job["languages"].items()}
    own = [sentence["text"] for sentence in summaries[source]["sentences"]]
    assert 2 <= len(own) <= 3
    assert set(own) <= {triple.text(source) for triple in told}
    for target in Language:
        expected = translations(told, source, target)
        texts = [sentence["text"] for sentence in summaries[target]["sentences"]]
        assert texts == [expected[text] for text in own]
        assert summaries[target]["language"] == target
        assert not summaries[target]["needs_review"], summaries[target]
    legs = {Language(language): len(summary["models"]) for language, summary in summaries.items()}
    assert legs == {target: int(target != source) for target in Language}, "one model does all"


def test_each_sentence_points_to_the_characters_it_rests_on(service: Cluster):
    sent = article(2)
    with service.client() as client:
        job = submit(client, sent)
    for language in job["languages"].values():
        assert language["summary"]["read"]["characters_read"] == len(sent["text"])
    own = job["languages"]["en"]["summary"]["sentences"]
    russian = job["languages"]["ru"]["summary"]["sentences"]
    for sentence, translated in zip(own, russian, strict=True):
        (span,) = sentence["sources"]
        assert sent["text"][span["start"] : span["end"]] == sentence["text"]
        assert translated["sources"] == sentence["sources"]


def test_a_recipe_without_models_delivers_the_own_language_and_says_what_is_missing(
    service: Cluster,
):
    with service.client() as client:
        job = submit(client, article(3, recipe="plain"))
    assert job["state"] == "done"
    assert job["languages"]["en"]["state"] == "done"
    for code in ("ru", "ar"):
        error = job["languages"][code]["error"]
        assert (job["languages"][code]["state"], error["code"]) == ("failed", "model_missing")
        assert "khabar models pull" in error["hint"]


def test_events_arrive_while_the_work_goes_on(service: Cluster):
    seen = []
    with service.client() as client:
        job = client.post("/v1/jobs", json=article(4)).json()
        with client.stream("GET", job["links"]["events"]) as stream:
            for line in stream.iter_lines():
                if line.startswith("event:"):
                    seen.append(line.removeprefix("event:").strip())
                if line.startswith("data:") and '"summary"' in line:
                    summary = json.loads(line.removeprefix("data:"))["summary"]
                    seen.append(summary["language"])
    assert seen[0] == "accepted"
    assert seen[-1] == "end"
    assert {"ar", "ru", "en"} <= set(seen)


def test_reading_by_hash_afterwards(service: Cluster):
    with service.client() as client:
        job = submit(client, article(5))
        place = job["links"]["summaries"]
        everything = client.get(place)
        assert everything.json()["missing"] == []
        one_place = place.replace("?", "/ru?")
        one = client.get(one_place)
        assert one.json() == job["languages"]["ru"]["summary"]
        unchanged = client.get(one_place, headers={"If-None-Match": one.headers["etag"]})
        assert unchanged.status_code == 304
        found = client.post("/v1/summaries/lookup", json=article(5, guid="other"))
        assert found.json() == everything.json()


def test_the_second_time_no_model_is_called(service: Cluster):
    with service.client() as client:
        submit(client, article(6))
        calls = metric(client, "khabar_model_calls_total")
        again = submit(client, article(6, guid="another"))
        assert all(language["cached"] for language in again["languages"].values())
        assert metric(client, "khabar_model_calls_total") == calls


def test_headline_and_long_summaries(service: Cluster):
    with service.client() as client:
        lengths = {
            length: len(
                submit(client, article(7, length=length, languages=["en"]))["languages"]["en"][
                    "summary"
                ]["sentences"]
            )
            for length in ("headline", "short", "long")
        }
    assert lengths["headline"] == 1
    assert 2 <= lengths["short"] <= 3
    assert lengths["short"] < lengths["long"] <= 6


def test_recipes_say_that_the_model_is_installed(service: Cluster):
    with service.client() as client:
        recipes = {recipe["name"]: recipe for recipe in client.get("/v1/recipes").json()}
    (model,) = recipes["tiny"]["models"]
    assert model["installed"] is True
    assert model["bytes"] > 100_000
    assert ["ru", "ar"] in recipes["tiny"]["pairs"]
    assert recipes["plain"]["pairs"] == []


def test_the_log_tells_of_the_start_and_not_of_every_request(service: Cluster):
    with service.client() as client:
        assert client.get("/v1/languages").status_code == 200
    log = service.children[0].log.read_text("utf-8")
    assert "Application startup complete" in log
    assert "/v1/languages" not in log


SOLD = {
    EN: "The city of Tripoli sold {} old buses to a museum on Monday. "
    "The minister of transport said that the money would pay for new schools. "
    "Residents of the city welcomed the decision.",
    RU: "Город Триполи продал {} старых автобусов музею в понедельник. "
    "Министр транспорта заявил, что деньги пойдут на новые школы. "
    "Жители города приветствовали это решение.",
    AR: "باعت مدينة طرابلس {} حافلة قديمة لمتحف يوم الاثنين. "
    "وقال وزير النقل إن الأموال ستنفق على مدارس جديدة. "
    "ورحب سكان المدينة بهذا القرار.",
}


@pytest.mark.parametrize("source", [EN, RU, AR])
def test_what_comes_with_khabar_gives_all_three_languages(service: Cluster, source: Language):
    with service.client() as client:
        job = submit(client, {"text": SOLD[source].format(184), "recipe": "builtin"})
        (recipe,) = (one for one in client.get("/v1/recipes").json() if one["default"])
        assert client.get(recipe["card"]).status_code == 200
    assert all(model["installed"] for model in recipe["models"])
    assert job["state"] == "done"
    for target, language in job["languages"].items():
        text = " ".join(sentence["text"] for sentence in language["summary"]["sentences"])
        assert "184" in text
        assert identify(text) == target
        licences = {model["licence"] for model in language["summary"]["models"]}
        assert licences == (set() if target == source else {"CC-BY-SA-4.0"})
