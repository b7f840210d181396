"""Connections to the store, with time-outs and retries that suit who waits for them.

Every script may be run twice, so a call whose answer was lost is simply made again.
"""

import redis
import redis.asyncio
from redis import exceptions
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

_PASSING: list[type[Exception]] = [
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.BusyLoadingError,
]
_SERVICE_CONNECTIONS = 32


def service_connection(url: str) -> redis.asyncio.Redis:
    """Return a client for the service: a person waits, so it gives up within two seconds."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        url,
        max_connections=_SERVICE_CONNECTIONS,
        timeout=1.0,
        decode_responses=True,
        socket_timeout=1.5,
        socket_connect_timeout=0.5,
        retry=AsyncRetry(ExponentialWithJitterBackoff(base=0.05, cap=0.2), 1),
        retry_on_error=_PASSING,
    )
    return redis.asyncio.Redis.from_pool(pool)


def subscriber_connection(url: str) -> redis.asyncio.Redis:
    """Return a client that only listens: it waits for messages as long as it takes."""
    return redis.asyncio.Redis.from_url(
        url, decode_responses=True, socket_timeout=None, health_check_interval=5
    )


def sender_connection(url: str) -> redis.asyncio.Redis:
    """Return a client for the sender of webhooks: nobody waits, so it outlasts a restart."""
    return redis.asyncio.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=5,
        socket_connect_timeout=2,
        retry=AsyncRetry(ExponentialWithJitterBackoff(base=0.1, cap=2), 5),
        retry_on_error=_PASSING,
    )


def worker_connection(url: str) -> redis.Redis:
    """Return a client for a worker: nobody waits, so it outlasts a restart of the server."""
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=5,
        socket_connect_timeout=2,
        retry=Retry(ExponentialWithJitterBackoff(base=0.1, cap=2), 12),
        retry_on_error=_PASSING,
    )
