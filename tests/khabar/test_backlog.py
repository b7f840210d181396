from khabar.backlog import Backlog
from khabar.publisher import HintPublisher
from khabar.queues import Priority, Stage, celery_app
from khabar.settings import Settings
from khabar.store.hints import Hint

BULK = (Stage.SUMMARISE, Priority.BULK)


def test_a_queue_is_empty_until_a_hint_waits_on_it(settings: Settings):
    app = celery_app(settings)
    backlog = Backlog(app)
    assert len(backlog.empty_queues()) == 4
    publisher = HintPublisher(app)
    publisher.start()
    publisher.publish([Hint("a" * 64, *BULK)])
    publisher.stop()
    assert backlog.empty_queues() == frozenset(
        (stage, priority) for stage in Stage for priority in Priority
    ) - {BULK}
    backlog.close()


def test_nothing_is_said_of_a_broker_that_is_away(settings: Settings):
    away = settings.model_copy(update={"broker_url": "redis+socket:///nowhere/redis.sock"})
    assert Backlog(celery_app(away)).empty_queues() == frozenset()
