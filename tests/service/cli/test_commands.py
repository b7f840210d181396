"""The commands on a real service, as a person or a program would use them."""

import json
import os
from pathlib import Path

import pytest
import yaml

from khabar import __version__
from service.cli.exits import Exit
from service.embedded.stack import Stack
from service.samples import sample_article
from tests.service.cli.conftest import Khabar

STORY = (
    "The council of the city agreed on Monday to build three new bridges over the river. "
    "Work begins in May and will take two years, officials said. "
    "The bridges will cost 40 million euros, and 12,000 people are expected to use them each day."
)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY, "utf-8")
    return path


def test_the_demo_gives_three_summaries_and_the_second_time_from_the_cache(
    khabar_on_stack: Khabar,
):
    first, second = khabar_on_stack("demo"), khabar_on_stack("demo")
    assert (first.exit_code, second.exit_code) == (Exit.DONE, Exit.DONE)
    assert "English (en): made now" in first.stdout
    assert "Arabic (ar): made now" in first.stdout
    assert "Russian (ru): made now" in first.stdout
    assert "Error" not in first.stdout
    assert "English (en): from the cache" in second.stdout
    assert "Samarkand" in second.stdout
    assert "Last updated" not in second.stdout
    assert "(Khabar Sample Wire)" not in second.stdout


def test_a_program_gets_one_document_and_the_progress_elsewhere(
    khabar_on_stack: Khabar, story: Path
):
    result = khabar_on_stack("submit", str(story), "--languages", "en", "--urgent", "--json")
    assert result.exit_code == Exit.DONE
    job = json.loads(result.stdout)
    assert job["languages"]["en"]["state"] == "done"
    assert job["priority"] == "urgent"
    assert "English: done" in result.stderr


def test_what_was_summarised_can_be_shown_and_withdrawn(khabar_on_stack: Khabar, story: Path):
    article_hash = khabar_on_stack("hash", str(story)).stdout.strip()
    assert khabar_on_stack("submit", str(story), "--languages", "en").exit_code == Exit.DONE
    shown = khabar_on_stack("show", article_hash)
    assert shown.exit_code == Exit.DONE
    assert "bridges" in shown.stdout
    assert "Not kept: Arabic, Russian." in shown.stdout
    one = khabar_on_stack("show", article_hash, "--language", "en", "--json")
    assert json.loads(one.stdout)["language"] == "en"
    assert khabar_on_stack("withdraw", article_hash).exit_code == Exit.DONE
    assert khabar_on_stack("withdraw", article_hash).exit_code == Exit.FAILED
    gone = khabar_on_stack("show", article_hash, "--json")
    assert gone.exit_code == Exit.FAILED
    assert json.loads(gone.stdout)["error"]["code"] == "article_unknown"


def test_a_language_that_fails_is_the_exit_code(khabar_on_stack: Khabar, story: Path):
    result = khabar_on_stack("submit", str(story), "--languages", "en,ru", "--recipe", "opus")
    assert result.exit_code == Exit.FAILED
    assert "Error (model_missing)" in result.stdout
    assert "English (en): " in result.stdout
    assert "Russian (ru): failed" in result.stdout


def test_html_and_standard_input_have_the_hash_of_the_text(khabar: Khabar, story: Path):
    page = story.with_suffix(".html")
    page.write_text(f"<html><body><p>{STORY}</p></body></html>", "utf-8")
    told = {
        khabar("hash", str(story)).stdout,
        khabar("hash", str(page)).stdout,
        khabar("hash", "-", stdin=STORY.encode()).stdout,
        khabar("hash", "--html", "-", stdin=page.read_bytes()).stdout,
    }
    assert len(told) == 1
    assert khabar("hash", str(story), "--headline", "Bridges").stdout not in told
    assert khabar("hash", "-", stdin=STORY.replace("40", "41").encode()).stdout not in told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "article_empty"),
        (
            "Уряд України затвердив новий бюджет, повідомила пресслужба міністерства.",
            "language_unsupported",
        ),
    ],
)
def test_an_article_that_cannot_be_used_is_refused(khabar_on_stack: Khabar, text: str, code: str):
    result = khabar_on_stack("submit", "-", "--json", stdin=text.encode())
    assert result.exit_code == Exit.WRONG_USE
    assert json.loads(result.stdout)["error"]["code"] == code


def test_a_mistake_in_an_option_is_told_with_what_is_allowed(khabar: Khabar, story: Path):
    result = khabar("submit", str(story), "--languages", "en,de")
    assert result.exit_code == Exit.WRONG_USE
    assert "limit: ar, ru, en" in result.stderr
    assert khabar("submit", str(story), "--length", "epic").exit_code == Exit.WRONG_USE
    assert khabar("hash", str(story.with_name("absent"))).exit_code == Exit.WRONG_USE


def test_a_service_that_is_not_there_is_told(khabar: Khabar, story: Path):
    result = khabar("submit", str(story), "--service", "http://127.0.0.1:9")
    assert result.exit_code == Exit.UNREACHABLE
    assert "Error (service_unreachable)" in result.stderr


def test_a_glossary_is_put_shown_and_removed(khabar_on_stack: Khabar, tmp_path: Path):
    file = tmp_path / "desk.csv"
    file.write_text("en,ru\nferry,паром\n", "utf-8")
    put = khabar_on_stack("glossary", "put", "builtin", str(file), "--json")
    kept = json.loads(put.stdout)
    assert (put.exit_code, kept["entries"]) == (Exit.DONE, 1)
    shown = khabar_on_stack("glossary", "show", "builtin")
    assert shown.stdout == file.read_text("utf-8")
    assert kept["digest"] in shown.stderr
    assert kept["etag"] in shown.stderr
    facts = json.loads(khabar_on_stack("glossary", "show", "builtin", "--json").stdout)
    assert (facts["digest"], facts["etag"]) == (kept["digest"], kept["etag"])
    late = khabar_on_stack("glossary", "put", "builtin", str(file), "--if-match", kept["etag"])
    assert late.exit_code == Exit.DONE
    other = b"en,ru\nferry,\xd0\xb0\n"
    refused = khabar_on_stack("glossary", "put", "builtin", "-", "--if-match", '"x"', stdin=other)
    assert refused.exit_code == Exit.WRONG_USE
    assert "Error (glossary_changed)" in refused.stderr
    broken = khabar_on_stack("glossary", "put", "builtin", "-", stdin=b"en,ru\nferry\n")
    assert broken.exit_code == Exit.WRONG_USE
    assert "line 2 has a term in fewer than two languages" in broken.stderr
    absent = khabar_on_stack("glossary", "put", "builtin", str(tmp_path / "absent.csv"))
    assert absent.exit_code == Exit.WRONG_USE
    assert khabar_on_stack("glossary", "remove", "builtin").exit_code == Exit.DONE
    gone = khabar_on_stack("glossary", "show", "builtin")
    assert gone.exit_code == Exit.FAILED
    assert "Error (glossary_unknown)" in gone.stderr


def test_without_a_running_service_one_is_started_for_the_command(khabar: Khabar, story: Path):
    assert khabar("keys", "create", "night desk").exit_code == Exit.DONE
    assert "night desk" in khabar("keys", "list").stdout
    made = khabar("submit", str(story), "--languages", "en")
    assert made.exit_code == Exit.DONE
    assert "made now" in made.stdout
    article_hash = khabar("hash", str(story)).stdout.strip()
    assert "bridges" in khabar("show", article_hash).stdout


def test_a_second_service_on_the_folder_is_refused(khabar_on_stack: Khabar, stack: Stack):
    result = khabar_on_stack("run")
    assert result.exit_code == Exit.WRONG_USE
    assert stack.url in result.stderr
    assert str(os.getpid()) in result.stderr


def test_models_are_listed_and_pulled(khabar: Khabar):
    rows = json.loads(khabar("models", "list", "--json").stdout)
    users = {recipe: row["installed"] for row in rows for recipe in row["recipes"]}
    assert (users["builtin"], users["opus"]) == (True, False)
    pulled = khabar("models", "pull", "builtin").stdout.splitlines()
    assert pulled == [f"Already there: khabar/builtin-{way}-english" for way in ("from", "into")]
    unknown = khabar("models", "pull", "nothing", "--json")
    assert unknown.exit_code == Exit.WRONG_USE
    assert json.loads(unknown.stdout)["error"]["code"] == "recipe_unknown"


def test_the_description_of_the_api_is_the_same_each_time(khabar: Khabar, tmp_path: Path):
    file = tmp_path / "openapi.yaml"
    assert khabar("openapi", str(file)).exit_code == Exit.DONE
    described = yaml.safe_load(file.read_text("utf-8"))
    assert described["openapi"].startswith("3.1")
    assert "/v1/jobs" in described["paths"]
    assert khabar("openapi", KHABAR_BATCH_ARTICLES="7").stdout == file.read_text("utf-8")
    assert khabar("openapi", "--check", str(file)).exit_code == Exit.DONE
    file.write_text("openapi: 3.1.0\n", "utf-8")
    assert khabar("openapi", "--check", str(file)).exit_code == Exit.FAILED


def test_every_command_explains_itself(khabar: Khabar):
    whole = khabar("--help").stdout
    names = "run demo submit show hash models keys withdraw openapi api worker health version"
    for name in names.split():
        assert f" {name} " in whole
        assert khabar(name, "--help").exit_code == Exit.DONE
    assert khabar("version").stdout.strip() == __version__


def test_the_sample_is_an_article_as_a_wire_service_sends_it():
    headline, updated, dateline, *rest = sample_article().splitlines()
    assert len(headline) < 80
    assert updated.startswith("Last updated on: ")
    assert dateline.startswith("SAMARKAND, Uzbekistan (Khabar Sample Wire) - ")
    assert 300 <= len(sample_article().split()) <= 400
    assert len(rest) >= 8
