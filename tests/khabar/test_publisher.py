import time

import pytest
import redis

from khabar.publisher import HintPublisher
from khabar.queues import Priority, Stage, celery_app, queue_name, queue_names
from khabar.settings import Settings
from khabar.store.hints import Hint

HINT = Hint("a" * 64, Stage.SUMMARISE, Priority.URGENT)


def test_hints_reach_the_queue_of_their_stage_and_priority(settings: Settings, redis_server):
    publisher = HintPublisher(celery_app(settings))
    publisher.start()
    publisher.publish([HINT, HINT])
    publisher.stop()
    with redis.Redis(unix_socket_path=str(redis_server.socket), db=1) as broker:
        assert broker.llen("khabar.summarise.urgent") == 2
        assert broker.llen("khabar.summarise.bulk") == 0


def test_a_broker_that_is_away_holds_nobody_up(settings: Settings):
    away = settings.model_copy(update={"broker_url": "redis+socket:///nowhere/redis.sock"})
    publisher = HintPublisher(celery_app(away))
    publisher.start()
    start = time.monotonic()
    publisher.publish([HINT] * 100)
    assert time.monotonic() - start < 0.1
    publisher.stop()
    publisher._thread.join(30)
    assert not publisher._thread.is_alive(), "it must not go on with a hundred hints"


def test_it_outlives_what_a_library_raises(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    app = celery_app(settings)
    raised = [redis.TimeoutError("frozen"), RuntimeError("a mistake"), None]
    sent: list[str] = []

    def send(_name: str, args: list[str], **_: object) -> None:
        error = raised.pop(0)
        if error is not None:
            raise error
        sent.extend(args)

    monkeypatch.setattr(app, "send_task", send)
    publisher = HintPublisher(app)
    publisher.start()
    publisher.publish([HINT] * 3)
    until = time.monotonic() + 5
    while not sent and time.monotonic() < until:
        time.sleep(0.01)
    assert sent == [HINT.id]
    publisher.stop()


def test_urgent_queues_come_first():
    names = queue_names()
    assert len(set(names)) == 4
    assert [name.rsplit(".", 1)[1] for name in names] == ["urgent", "urgent", "bulk", "bulk"]
    assert queue_names((Stage.TRANSLATE,)) == [
        queue_name(Stage.TRANSLATE, priority) for priority in Priority
    ]
