"""The names of tasks and queues, and the Celery settings that every process shares.

A message on a queue is a hint that names a computation. The record in the store is the truth, so
a lost, doubled or late message costs time and nothing else.
"""

import ssl
from enum import StrEnum
from typing import Any

from celery import Celery

from khabar.settings import Settings


class Stage(StrEnum):
    """A kind of work. Machines may serve one stage and not the other."""

    SUMMARISE = "summarise"
    TRANSLATE = "translate"


class Priority(StrEnum):
    """Urgent work has queues of its own: priorities inside one Redis queue are unreliable."""

    URGENT = "urgent"
    BULK = "bulk"


TASKS: dict[Stage, str] = {
    Stage.SUMMARISE: "khabar.summarise",
    Stage.TRANSLATE: "khabar.translate",
}


def queue_name(stage: Stage, priority: Priority) -> str:
    """Return the queue for work of this stage and priority."""
    return f"khabar.{stage}.{priority}"


def queue_names(stages: tuple[Stage, ...] = tuple(Stage)) -> list[str]:
    """Return the queues a worker for these stages reads, urgent before bulk."""
    return [queue_name(stage, priority) for priority in Priority for stage in stages]


_SOCKET_OPTIONS: dict[str, Any] = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 5,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # kombu starts its rounds of the queues where this order says: urgent queues come first.
    "queue_order_strategy": "priority",
}


def _tls(broker_url: str) -> dict[str, Any] | None:
    # Without this kombu takes any certificate from a rediss:// server. Where the address itself has
    # options that start with "ssl_", those are used, and redis-py's own default is the same.
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED} if broker_url.startswith("rediss://") else None


def celery_app(settings: Settings) -> Celery:
    """Return a Celery application bound to the broker of ``settings``, without any task."""
    app = Celery("khabar", broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue=queue_name(Stage.SUMMARISE, Priority.BULK),
        task_create_missing_queues=True,
        task_publish_retry=False,
        # One hint in reserve per thread. Without any, a busy worker notices that a thread is free
        # only when its event loop next wakes (docs/decisions/0007-no-disable-prefetch.md).
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=settings.soft_shutdown_seconds,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=2,
        broker_use_ssl=_tls(settings.broker_url),
        broker_transport_options=(
            _SOCKET_OPTIONS if settings.broker_url.startswith(("redis", "rediss")) else {}
        ),
    )
    return app
