"""The real page in a real browser, on the real API and store."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from khabar.settings import Settings
from khabar.store.connection import worker_connection
from service.app import create_app
from tests.browser.chromium import Chromium, Open, Page
from tests.browser.hands import Hands


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def address(settings: Settings) -> Iterator[str]:
    """Where the API listens, on a port that was free."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            port=0,
            ws="none",
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < until
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def hands(settings: Settings) -> Iterator[Hands]:
    """Whoever does the work of the workers, step by step as a test asks."""
    connection = worker_connection(settings.store_url)
    yield Hands(connection, settings)
    connection.close()


@pytest.fixture
def open_page(chromium: Chromium, address: str) -> Iterator[Open]:
    def _open(path: str = "/", **options: object) -> Page:
        return chromium.open(f"{address}{path}", **options)

    yield _open
    chromium.close_pages()
