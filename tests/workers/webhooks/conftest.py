from collections.abc import Iterator

import pytest

from tests.workers.webhooks.endpoint import Endpoint


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    with endpoint.serving():
        yield endpoint
