"""The workers' application, but that articles with a mark in their guid do something to it."""

import os
import re
import signal
import time

from khabar.summary import Summary
from workers.app import app
from workers.pipeline import Pipeline

KILLS = "kills-its-worker"
"""The process dies over it, as of an engine that crashes."""
SLEEPS = "sleeps-for-"
"""It takes so many milliseconds more: ``sleeps-for-400``."""

__all__ = ["app"]
_SLEEPS = re.compile(SLEEPS + r"(\d+)")
_summarise = Pipeline.summarise


def _marked(pipeline: Pipeline, computation: object, article_json: str, *rest: object) -> Summary:
    if KILLS in article_json:
        os.kill(os.getpid(), signal.SIGKILL)
    if found := _SLEEPS.search(article_json):
        time.sleep(int(found[1]) / 1000)
    return _summarise(pipeline, computation, article_json, *rest)


Pipeline.summarise = _marked
