"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from khabar.languages import Language
from khabar.summary import Length

AsJson = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON; progress goes to stderr.")
]
ServiceUrl = Annotated[
    str | None,
    typer.Option(
        envvar="KHABAR_SERVICE",
        help="Address of the service, such as http://desk.example:8000. By default the one that "
        "runs on this folder, else one that is started for the time of the command.",
    ),
]
Key = Annotated[
    str | None, typer.Option(envvar="KHABAR_KEY", help="API key, if the service asks for one.")
]
ArticleFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The article, UTF-8; - reads standard input.")
]
Html = Annotated[
    bool, typer.Option("--html", help="The file is HTML; .html and .htm are known as such.")
]
Headline = Annotated[
    str | None, typer.Option(help="The headline, if it is not in the file. Part of the hash.")
]
LengthChoice = Annotated[
    Length, typer.Option(help="headline: one sentence; short: two or three; long: up to six.")
]
RecipeName = Annotated[str | None, typer.Option(help="The recipe; the service's own by default.")]
ArticleHash = Annotated[
    str, typer.Argument(metavar="HASH", help="The article's hash: 64 hexadecimal digits.")
]
OneLanguage = Annotated[Language | None, typer.Option(help="Only this language.")]
