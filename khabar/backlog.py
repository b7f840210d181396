"""Which queues hold no hint, as the broker says: then what is due on them has lost its hint."""

from celery import Celery
from kombu.exceptions import ChannelError, OperationalError

from khabar.queues import Priority, Stage, queue_name

Queue = tuple[Stage, Priority]
_QUEUES: tuple[Queue, ...] = tuple((stage, priority) for stage in Stage for priority in Priority)


class Backlog:
    """Owns one connection to the broker. For one thread."""

    def __init__(self, app: Celery) -> None:
        self._connection = app.connection_for_read()

    def empty_queues(self) -> frozenset[Queue]:
        """Return the queues without a message; none if the broker does not answer."""
        try:
            return frozenset(queue for queue in _QUEUES if self._size(queue_name(*queue)) == 0)
        except (*self._connection.recoverable_connection_errors, OperationalError):
            self._connection.release()
            return frozenset()

    def close(self) -> None:
        """Close the connection."""
        self._connection.release()

    def _size(self, name: str) -> int:
        try:
            declared = self._connection.default_channel.queue_declare(queue=name, passive=True)
        except (ChannelError, *self._connection.channel_errors):
            # The broker does not know the queue, so nothing waits on it. RabbitMQ has closed the
            # channel to say so; the next call opens another.
            self._connection.release()
            return 0
        return int(declared.message_count)
