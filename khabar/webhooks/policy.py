"""Which callbacks are allowed, as the settings say."""

from dataclasses import dataclass
from typing import Self

from khabar.settings import Settings
from khabar.webhooks.chosen import Network, read_networks, read_ports


@dataclass(frozen=True, slots=True)
class Policy:
    """``networks`` are those that may be reached although they are not public."""

    plain_http: bool
    ports: frozenset[int]
    networks: tuple[Network, ...]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the policy of these settings."""
        return cls(
            plain_http=settings.webhook_plain_http,
            ports=read_ports(settings.webhook_ports),
            networks=read_networks(settings.webhook_allowed_networks),
        )
