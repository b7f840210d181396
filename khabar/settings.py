"""The settings, each an environment variable ``KHABAR_<NAME>``."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024
DAY_SECONDS = 86_400


class Settings(BaseSettings):
    """What a person who runs Khabar may choose. Sizes are bytes and times seconds."""

    model_config = SettingsConfigDict(env_prefix="KHABAR_", frozen=True)

    store_url: str = "redis://127.0.0.1:6379/0"
    """Redis that keeps jobs, articles and summaries."""
    broker_url: str = "redis://127.0.0.1:6379/0"
    """Broker of the queues: ``redis://``, ``rediss://``, ``redis+socket://`` or ``amqp://``."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    require_keys: bool = False
    """Ask for an API key on loopback too. On any other address one is always asked for."""

    var_folder: Path = Path("var")
    """Where the embedded Redis keeps its data, and where models are installed."""
    recipes_folder: Path | None = None
    """Recipes of your own, beside those that are shipped."""
    default_recipe: str = "builtin"
    allow_noncommercial: bool = False
    """Use models whose licence forbids commercial use."""
    device: str = Field(default="auto", pattern="^(auto|cpu|cuda)$")
    """Where models run; ``auto`` takes a CUDA device if there is one."""
    openai_url: str = "http://127.0.0.1:8080/v1"
    """The OpenAI-compatible server that recipes with the engine ``openai`` ask."""
    openai_key: SecretStr | None = None

    article_bytes: int = Field(default=MEBIBYTE, gt=0)
    batch_articles: int = Field(default=1000, gt=0)
    batch_bytes: int = Field(default=64 * MEBIBYTE, gt=0)
    max_open_computations: int = Field(default=20_000, gt=0)
    """More than this many unfinished computations, and a submission is answered with 429."""
    wait_limit_seconds: float = Field(default=60, gt=0)
    """The longest ``Prefer: wait`` that is honoured."""

    max_connections: int = Field(default=800, gt=0)
    """One API process answers further connections with 503."""
    head_seconds: float = Field(default=10, gt=0)
    """A connection that has not sent the whole head of a request by then is closed."""
    body_seconds: float = Field(default=20, gt=0)
    """How long a body may take; one second more for each ``body_bytes_per_second`` received."""
    body_bytes_per_second: int = Field(default=16_384, gt=0)

    lease_seconds: float = Field(default=15, ge=1)
    """How long a worker that falls silent keeps a computation from the others."""
    deadline_seconds: float = Field(default=300, gt=0)
    """How long one attempt at a computation may take."""
    max_attempts: int = Field(default=5, gt=0)
    hint_seconds: float = Field(default=5, gt=0)
    """A computation nobody has claimed for this long is put on its queue once more."""
    sweep_seconds: float = Field(default=1, gt=0)

    summary_seconds: int = Field(default=30 * DAY_SECONDS, gt=0)
    job_seconds: int = Field(default=7 * DAY_SECONDS, gt=0)
    idempotency_seconds: int = Field(default=DAY_SECONDS, gt=0)

    memory_cache_bytes: int = Field(default=64 * MEBIBYTE, ge=0)
    """Finished answers that one API process keeps in its own memory."""
    worker_threads: int = Field(default=4, gt=0)
    soft_shutdown_seconds: float = Field(default=10, ge=0)
    log_format: str = Field(default="console", pattern="^(console|json)$")

    @property
    def models_folder(self) -> Path:
        """Where models are installed."""
        return self.var_folder / "models"
