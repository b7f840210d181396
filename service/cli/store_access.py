"""Where the store is, for the few commands that need no API."""

from collections.abc import Iterator
from contextlib import contextmanager

from khabar.settings import Settings
from service.embedded.redis_server import RedisServer
from service.embedded.running_service import VarFolder, find_running


@contextmanager
def store_url(settings: Settings) -> Iterator[str]:
    """Lend the address of the store: as set, else that of the running service, else one's own."""
    if "store_url" in settings.model_fields_set:
        yield settings.store_url
        return
    running = find_running(settings.var_folder)
    if running is not None:
        yield running.store_url
        return
    folder = VarFolder(settings.var_folder.resolve()).hold()
    try:
        with RedisServer(folder.path / "redis") as server:
            yield server.store_url
    finally:
        folder.release()
