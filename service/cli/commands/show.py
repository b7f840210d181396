"""``khabar show``: summaries that are kept."""

from khabar.languages import FACTS, Language
from khabar.summary import Length, Summary
from service.cli import options
from service.cli.output import reporting
from service.cli.present import summary_lines
from service.cli.reach import reached


def show(
    article_hash: options.ArticleHash,
    language: options.OneLanguage = None,
    length: options.LengthChoice = Length.SHORT,
    recipe: options.RecipeName = None,
    service: options.ServiceUrl = None,
    key: options.Key = None,
    as_json: options.AsJson = False,
) -> None:
    """Print the summaries that are kept of an article. Makes none.

    Exit codes: 0 found; 1 no such summary is kept; 2 this is no hash; 3 the service does not
    answer.
    """
    choice = {"length": str(length), **({"recipe": recipe} if recipe else {})}
    with (
        reporting(as_json=as_json) as output,
        reached(service, key, output, workers=False) as client,
    ):
        if language is not None:
            summary = client.summary(article_hash, language, choice)
            output.result(summary.model_dump(mode="json"), list(summary_lines(summary)))
            return
        found = client.summaries(article_hash, choice)
        output.result(found.model_dump(mode="json"), _lines(found.summaries, found.missing))


def _lines(summaries: dict[Language, Summary], missing: list[Language]) -> list[str]:
    lines: list[str] = []
    for language, summary in summaries.items():
        lines += [f"{FACTS[language].english_name} ({language}):", *summary_lines(summary), ""]
    names = ", ".join(FACTS[language].english_name for language in missing)
    return [*lines, f"Not kept: {names}."] if names else lines[:-1]
