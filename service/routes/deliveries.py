"""Webhook messages as the client sees them whose jobs they are about."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query

from khabar.store.outbox import delivery_unknown, read_cursor
from khabar.store.outbox_schema import MESSAGE_PREFIX
from khabar.webhooks.message import Message, MessageState
from service.auth import Reader, Submitter
from service.problems import documented
from service.resources import Held, Resources
from service.schemas import DeliveriesOut, DeliveryOut, DeliveryWithHistory
from service.webhook_views import DELIVERIES, view_delivery, view_history

router = APIRouter(prefix=DELIVERIES, tags=["webhooks"])

DeliveryId = Annotated[str, Path(pattern=f"^{MESSAGE_PREFIX}[0-9a-f]{{32}}$")]
_CURSOR = r"^[0-9]{1,12}(\.[0-9]{1,9})?_" + MESSAGE_PREFIX + "[0-9a-f]{32}$"


@router.get(
    "",
    response_model=DeliveriesOut,
    response_model_exclude_none=True,
    responses=documented(401, 403, 422, 503),
)
async def list_deliveries(
    held: Held,
    owner: Reader,
    state: Annotated[
        MessageState, Query(description="`dead` ones were given up; they can be redelivered.")
    ] = MessageState.DEAD,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[
        str | None, Query(pattern=_CURSOR, description="From `next` of the page before.")
    ] = None,
) -> DeliveriesOut:
    """Return your messages in one state, those that came last into it first."""
    page = await held.outbox.page(owner, state, limit, read_cursor(after) if after else None)
    further = {"state": state, "limit": limit, "after": page.next}
    return DeliveriesOut(
        items=[view_delivery(message) for message in page.messages],
        next=f"{DELIVERIES}?{urlencode(further)}" if page.next else None,
    )


@router.get(
    "/{delivery_id}",
    response_model=DeliveryWithHistory,
    response_model_exclude_none=True,
    responses=documented(401, 403, 404, 422, 503),
)
async def read(delivery_id: DeliveryId, held: Held, owner: Reader) -> DeliveryWithHistory:
    """Return a message and the attempts at it. The message about a job is `msg_` and its id."""
    message = await _own(delivery_id, held, owner)
    return view_history(message, await held.outbox.history(delivery_id))


@router.post(
    "/{delivery_id}/redeliver",
    status_code=202,
    response_model=DeliveryOut,
    response_model_exclude_none=True,
    responses=documented(401, 403, 404, 422, 503),
)
async def redeliver(delivery_id: DeliveryId, held: Held, owner: Submitter) -> DeliveryOut:
    """Send a message again, at once and with all attempts before it; its id stays the same.

    One that is being sent at this moment stays as it is.
    """
    await _own(delivery_id, held, owner)
    return view_delivery(await held.outbox.redeliver(delivery_id))


async def _own(delivery_id: str, held: Resources, owner: str) -> Message:
    """Return a message about a job of this key. Another's is as unknown as none."""
    message = await held.outbox.find(delivery_id)
    if message.owner != owner:
        raise delivery_unknown()
    return message
