"""From webhook messages in the store to what clients see."""

from collections.abc import Sequence
from typing import Any

from khabar.links import job_path
from khabar.webhooks.message import Attempt, Message
from service.schemas import DeliveryOut, DeliveryWithHistory

DELIVERIES = "/v1/webhooks/deliveries"


def view_delivery(message: Message) -> DeliveryOut:
    """Return a message without the attempts before its last."""
    return DeliveryOut(**_fields(message))


def view_history(message: Message, history: Sequence[Attempt]) -> DeliveryWithHistory:
    """Return a message with the attempts at it."""
    return DeliveryWithHistory(**_fields(message), history=list(history))


def _fields(message: Message) -> dict[str, Any]:
    path = f"{DELIVERIES}/{message.id}"
    return {
        **message.model_dump(include={"id", "state", "job_id", "callback_url", "created_at"}),
        "type": message.type,
        "attempts": message.attempts,
        "next_attempt_at": message.due_at,
        "last_attempt": message.last,
        "links": {
            "self": path,
            "redeliver": f"{path}/redeliver",
            "job": job_path(message.job_id),
        },
    }
