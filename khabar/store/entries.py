"""The entries of a hash that several may change at once: a change is made of what is there."""

from collections.abc import Callable
from typing import Final

from redis.asyncio import Redis

from khabar.store.absence import told

REPLACE: Final = """
-- hash, entry, what was read, what to write
local there = redis.call('HGET', ARGV[1], ARGV[2])
if there == ARGV[4] then return 1 end
if there ~= ARGV[3] then return 0 end
redis.call('HSET', ARGV[1], ARGV[2], ARGV[4])
return 1
"""


class Entries:
    """The entries of the hash ``name``. Methods raise StoreUnavailable."""

    def __init__(self, connection: Redis, name: str) -> None:
        self._redis = connection
        self._name = name
        self._replace = connection.register_script(REPLACE)

    async def find(self, entry: str) -> str | None:
        """Return what an entry holds, None if it is not there."""
        async with told():
            found = await self._redis.hget(self._name, entry)
        return str(found) if found else None

    async def make(self, entry: str, text: str) -> str:
        """Write an entry that is not there, and return what is there then."""
        async with told():
            await self._redis.hsetnx(self._name, entry, text)
        return await self.find(entry) or text

    async def change(self, entry: str, change: Callable[[str], str]) -> str | None:
        """Write an entry as ``change`` makes it of what it holds. None if it is not there.

        ``change`` is called again where another change came between, unless that made the same of
        it. What it raises goes to the caller, and the entry stays as it is.
        """
        while before := await self.find(entry):
            after = change(before)
            async with told():
                if await self._replace(args=[self._name, entry, before, after]):
                    return after
        return None
