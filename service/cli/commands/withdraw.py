"""``khabar withdraw``: an article and all that was made of it goes."""

import asyncio
import re

from khabar.errors import ArticleUnknown
from khabar.settings import Settings
from khabar.store.intake import Intake
from service.cli import options
from service.cli.audited import audited
from service.cli.chosen_settings import read_settings
from service.cli.output import reporting
from service.cli.store_access import store_url
from service.embedded.opened_store import opened_store

_HASH = re.compile(r"[0-9a-f]{64}")


def withdraw(article_hash: options.ArticleHash, as_json: options.AsJson = False) -> None:
    """Remove an article and all its summaries from the store and from every cache.

    Work on it that has begun ends without a result. Where the store is elsewhere, set
    KHABAR_STORE_URL.

    Exit codes: 0 removed; 1 the article is not known; 3 the store does not answer.
    """
    with reporting(as_json=as_json) as output:
        settings = read_settings()
        known = article_hash if _HASH.fullmatch(article_hash) else None
        with audited(settings, "withdraw", article=known):
            with store_url(settings) as url:
                removed = asyncio.run(_withdraw(url, settings, article_hash))
            if not removed:
                raise ArticleUnknown("This article is not known here.", field="HASH")
        output.result({"withdrawn": article_hash}, [f"Withdrawn: {article_hash}"])


async def _withdraw(url: str, settings: Settings, article_hash: str) -> bool:
    async with opened_store(url) as connection:
        return await Intake(connection, settings).withdraw(article_hash)
