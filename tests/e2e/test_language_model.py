"""A recipe that asks an OpenAI-compatible server, with a desk's glossary, through the service."""

from collections.abc import Callable

from tests.e2e.cluster import Cluster
from tests.e2e.stories import article, story
from tests.workers.llm.loopback import Handler, serving
from tests.workers.llm.program import first_sentences, reply, transliterated

RECIPE = """
name = "desk"
glossary = "desk.csv"

[summarizer]
kind = "abstractive"

[[models]]
role = "summarization"
id = "served"
revision = "1"
licence = "as served"
engine = "openai"
pairs = [["en", "en"]]

[[models]]
id = "served"
revision = "1"
licence = "as served"
engine = "openai"
pairs = [["en", "ru"]]
"""
GLOSSARY = "en,ru\nMonday,понедельник\n"


def answer(handler: Handler) -> None:
    """Summarise or translate, whichever is asked for."""
    rules = handler.body["messages"][0]["content"]
    work = first_sentences if "sentences" in rules and " into " not in rules else transliterated
    handler.send_json(200, reply(work(handler.body)))


def test_a_served_model_summarises_and_translates(make_cluster: Callable[..., Cluster]):
    with serving(answer, models=("served",)) as server:
        cluster = make_cluster(openai_url=server.url)
        recipes = cluster.settings.recipes_folder
        assert recipes is not None
        (recipes / "desk.toml").write_text(RECIPE, "utf-8")
        (recipes / "desk.csv").write_text(GLOSSARY, "utf-8")
        cluster.start_api()
        cluster.start_worker()
        cluster.wait_until_ready()
        with cluster.client() as client:
            sent = article(1, recipe="desk", languages=["en", "ru"])
            job = client.post("/v1/jobs", json=sent, headers={"Prefer": "wait=30"}).json()
    assert job["state"] == "done", job
    english, russian = (job["languages"][code]["summary"] for code in ("en", "ru"))
    own = [sentence["text"] for sentence in english["sentences"]]
    assert 1 <= len(own) <= 3
    assert set(own) <= {triple.en for triple in story(1)}
    for sentence in english["sentences"]:
        spans = [sent["text"][span["start"] : span["end"]] for span in sentence["sources"]]
        assert spans == [sentence["text"]]
    assert [use["id"] for use in russian["models"]] == ["served", "served"]
    checks = {check["name"]: check for check in russian["sentences"][0]["checks"]}
    assert checks["glossary"]["passed"]
    assert checks["script"]["passed"]
