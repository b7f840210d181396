"""``khabar version``."""

from khabar import __version__
from service.cli import options
from service.cli.output import reporting


def version(as_json: options.AsJson = False) -> None:
    """Print the version."""
    with reporting(as_json=as_json) as output:
        output.result({"version": __version__}, [__version__])
