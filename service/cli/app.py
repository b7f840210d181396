"""All commands together, and what holds for each of them."""

import signal

import typer

from service.cli.commands import (
    demo,
    glossary,
    hash,  # noqa: A004 -- named for its command.
    health,
    keys,
    models,
    openapi,
    programs,
    run,
    show,
    submit,
    version,
    webhooks,
    withdraw,
)


def build() -> typer.Typer:
    """Return the command line."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        # A traceback is for us; it must not show what a user's variables hold.
        pretty_exceptions_enable=False,
        help="Khabar: news articles become short, checked summaries in Arabic, Russian and "
        "English. Settings are environment variables: docs/running.md lists them.",
    )
    app.command()(run.run)
    app.command()(demo.demo)
    app.command()(submit.submit)
    app.command()(show.show)
    app.command("hash")(hash.print_hash)
    app.add_typer(models.commands(), name="models")
    app.add_typer(keys.commands(), name="keys")
    app.add_typer(glossary.commands(), name="glossary")
    app.add_typer(webhooks.commands(), name="webhooks")
    app.command()(withdraw.withdraw)
    app.command()(programs.api)
    app.command()(programs.worker)
    app.command()(health.health)
    app.command()(openapi.openapi)
    app.command()(version.version)
    return app


def main() -> None:
    """Run the command line. A signal to end is taken like Ctrl-C, so that nothing is left."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.default_int_handler)
    build()()
