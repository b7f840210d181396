"""What must hold before the API starts, asked early so that the answer is a clear one."""

import asyncio

from khabar.audit import AuditLog
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.intake import Intake
from service.embedded.opened_store import opened_store
from service.gate import Gate


def check_start(settings: Settings) -> None:
    """Return if the store answers, holds a key where one is needed, and acts can be written down.

    Raises StoreUnavailable, KeysMissing or AuditUnwritable.
    """
    audit = AuditLog.of(settings)
    audit.open()
    audit.close()
    asyncio.run(_check(settings))


async def _check(settings: Settings) -> None:
    async with opened_store(settings.store_url) as connection:
        await Intake(connection, settings).ping()
        await Gate(settings, KeyRing(connection)).check_start()
