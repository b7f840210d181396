"""What Khabar sends to a callback: described for OpenAPI, and answered by nobody here."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from service.schemas import MessageIn

router = APIRouter()


@router.post(
    "job-ended",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "Any 2xx: the message has arrived."},
        410: {"description": "No other attempt is made at this message."},
    },
)
async def job_ended(
    message: MessageIn,
    webhook_id: Annotated[str, Header(description="The same at every attempt at this message.")],
    webhook_timestamp: Annotated[
        int, Header(description="When this attempt was made, in seconds since 1970.")
    ],
    webhook_signature: Annotated[
        str,
        Header(
            description="`v1,` and the Base64 of an HMAC-SHA256 of `id.timestamp.body`; two of "
            "them, with a space between, while the secret is being changed."
        ),
    ],
) -> None:
    """Sent once the job has ended, to the `callback_url` it was sent with (Standard Webhooks 1.0).

    Whatever is not 2xx is tried again over some days. The same message may come more than once:
    `webhook-id` tells. Redirects are not followed.
    """
