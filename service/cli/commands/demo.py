"""``khabar demo``: the sample article, from end to end."""

import typer

from khabar.job import State
from service.cli import options
from service.cli.commands.submit import send_and_show
from service.cli.exits import Exit
from service.cli.output import reporting
from service.cli.reach import reached
from service.samples import sample_article


def demo(key: options.Key = None, as_json: options.AsJson = False) -> None:
    """Summarise the sample article on the running service, or on one started for this.

    A second demo is served from the cache and says so. With another default recipe than the one
    that comes with Khabar, a language whose model is not installed fails and says what to install.

    Exit codes: 0 the article was summarised in its own language; 1 it was not.
    """
    with reporting(as_json=as_json) as output:
        article = sample_article()
        output.note("The sample article begins:")
        output.note(f"  {article.splitlines()[0]}")
        with reached(None, key, output) as client:
            job = send_and_show(client, {"text": article}, output)
        if job.languages[job.source_language].state is not State.DONE:
            raise typer.Exit(Exit.FAILED)
