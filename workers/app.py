"""The Celery application that worker processes run: ``celery -A workers.app worker``."""

from khabar.queues import celery_app
from khabar.settings import Settings
from workers.engines.cpu import prepare_environment
from workers.process import WorkerProcess

prepare_environment()
_settings = Settings()
app = celery_app(_settings)
WorkerProcess(app, _settings).attach()
