"""The settings, each an environment variable ``KHABAR_<NAME>`` or a file in a folder of secrets."""

from pathlib import Path
from typing import Literal

from pydantic import DirectoryPath, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from khabar.quota import MOST_ARTICLES
from khabar.webhooks.chosen import read_networks, read_ports, read_schedule

MEBIBYTE = 1024 * 1024
DAY_SECONDS = 86_400


class Settings(BaseSettings):
    """What a person who runs Khabar may choose. Sizes are bytes and times seconds."""

    model_config = SettingsConfigDict(env_prefix="KHABAR_", frozen=True)

    store_url: str = "redis://127.0.0.1:6379/0"
    """Redis that keeps jobs, articles and summaries."""
    broker_url: str = "redis://127.0.0.1:6379/0"
    """Broker of the queues: ``redis://``, ``rediss://``, ``redis+socket://`` or ``amqp://``."""

    secrets_folder: DirectoryPath | None = None
    """Files that hold settings, each named as its variable in small letters: ``khabar_store_url``.
    A process's environment leaks in more ways than a file of its user. A variable comes first.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    require_keys: bool = False
    """Ask for an API key on loopback too. On any other address one is always asked for."""

    key_rate: int = Field(default=0, ge=0, le=MOST_ARTICLES)
    """Articles a minute for a key that has no limit of its own; 0 is without limit."""
    key_daily: int = Field(default=0, ge=0, le=MOST_ARTICLES)
    """Articles a day (UTC) for a key that has no limit of its own; 0 is without limit."""

    share_summaries: bool = False
    """Let any key read the summaries of an article by its hash, whichever key sent it."""

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
    glossary_bytes: int = Field(default=MEBIBYTE, gt=0)
    """The largest glossary that may be uploaded."""
    glossaries_kept: int = Field(default=100, gt=0)
    """How many uploaded glossaries are kept, of all recipes and with those that were replaced."""
    max_open_computations: int = Field(default=20_000, gt=0)
    """More than this many unfinished computations, and a submission is answered with 429."""
    wait_limit_seconds: float = Field(default=60, gt=0)
    """The longest ``Prefer: wait`` that is honoured."""

    max_connections: int = Field(default=2000, gt=0)
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

    webhook_sending: bool = True
    """Whether a worker sends webhooks. Turn it off where the internet cannot be reached."""
    webhook_plain_http: bool = False
    """Allow callbacks without TLS."""
    webhook_ports: str = "443,80"
    """The ports that callbacks may use, separated by commas."""
    webhook_allowed_networks: str | None = None
    """Networks of your own that callbacks may reach, separated by commas; else public ones only."""
    webhook_timeout_seconds: float = Field(default=20, gt=0, le=120)
    """How long one attempt at a message may take in all."""
    webhook_retry_seconds: str = "5,300,1800,7200,18000,36000,50400,72000,86400"
    """The pauses between attempts at a message, separated by commas; one attempt more than that."""
    webhook_connections: int = Field(default=32, gt=0)
    """How many messages one worker sends at once."""
    webhook_key_connections: int = Field(default=16, gt=0)
    """How many messages of one API key all workers together send at once."""
    webhook_endpoint_connections: int = Field(default=4, gt=0)
    """How many of those go to one host and port."""
    webhook_max_pending: int = Field(default=20_000, gt=0)
    """With more undelivered messages of one API key, its jobs with a callback are refused."""

    memory_cache_bytes: int = Field(default=64 * MEBIBYTE, ge=0)
    """Finished answers that one API process keeps in its own memory."""
    worker_threads: int = Field(default=16, gt=0)
    """How many computations one worker runs at once. Together they fill the models' batches."""
    soft_shutdown_seconds: float = Field(default=10, ge=0)
    audit_file: Literal["-"] | Path | None = None
    """Where it is written who did what: a file, or ``-`` for standard output.

    By default ``log/audit.jsonl`` in the var folder.
    """
    audit_reads: bool = False
    """Write there too what was read."""
    log_format: str = Field(default="console", pattern="^(console|json)$")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- there is no such file.
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- its folder is fixed.
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, first the one that wins: code, environment, secrets."""
        given = {**env_settings(), **init_settings()}.get("secrets_folder")
        sources = (init_settings, env_settings)
        if given is None or not Path(given).is_dir():
            return sources  # What is no folder is refused as a value.
        return (*sources, SecretsSettingsSource(settings_cls, given))

    def in_files(self) -> dict[str, str]:
        """Return what the files of the secrets folder say, by the names of settings."""
        if self.secrets_folder is None:
            return {}
        return SecretsSettingsSource(type(self), self.secrets_folder)()

    @field_validator("webhook_ports")
    @classmethod
    def _ports_can_be_read(cls, value: str) -> str:
        read_ports(value)
        return value

    @field_validator("webhook_allowed_networks")
    @classmethod
    def _networks_can_be_read(cls, value: str | None) -> str | None:
        read_networks(value)
        return value

    @field_validator("webhook_retry_seconds")
    @classmethod
    def _schedule_can_be_read(cls, value: str) -> str:
        read_schedule(value)
        return value

    @property
    def models_folder(self) -> Path:
        """Where models are installed."""
        return self.var_folder / "models"
