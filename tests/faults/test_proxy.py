"""The proxy, with a real Redis behind it."""

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.embedded.redis_server import RedisServer
from tests.faults.proxy import TcpProxy


def client(proxy: TcpProxy) -> redis.Redis:
    return redis.Redis(
        port=proxy.port, socket_timeout=0.3, retry=Retry(NoBackoff(), 0), single_connection_client=1
    )


def test_what_is_held_up_times_out_and_what_is_cut_breaks(redis_server: RedisServer):
    with TcpProxy(redis_server.socket) as proxy, client(proxy) as connection:
        assert connection.set("through", "x" * 300_000)
        assert len(connection.get("through") or "") == 300_000
        proxy.hold()
        with pytest.raises(redis.TimeoutError):
            connection.ping()
        proxy.release()
        assert connection.ping()
        assert proxy.connections == 2
        assert proxy.cut() >= 2
        with pytest.raises(redis.ConnectionError):
            connection.ping()
        assert connection.ping()
