"""The command line: ``khabar``."""

from service.cli.app import main

__all__ = ["main"]
