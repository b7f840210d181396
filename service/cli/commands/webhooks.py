"""``khabar webhooks``: the secrets that sign messages, and messages that did not arrive."""

import asyncio
from typing import Annotated

import typer

from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.outbox import Outbox
from khabar.store.webhook_secrets import OVERLAP_SECONDS, SecretBook, Secrets
from khabar.webhooks.message import Message, MessageState
from service.cli import options
from service.cli.audited import audited, key_known, message_known
from service.cli.chosen_settings import read_settings
from service.cli.output import reporting
from service.cli.store_access import store_url
from service.embedded.opened_store import opened_store
from service.webhook_views import view_delivery

_NOBODY = ""
_HOURS = OVERLAP_SECONDS // 3600


def secret(
    key_id: Annotated[
        str,
        typer.Argument(
            metavar="[KEY_ID]", help="The API key; without one, that of clients without a key."
        ),
    ] = _NOBODY,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Make a new secret; the old one signs on for a day.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Print the secret that signs the webhook messages of an API key; make it at the first call.

    Exit codes: 0 printed; 1 there is no such key.
    """
    with reporting(as_json=as_json) as output:
        settings = read_settings()
        with (
            audited(settings, "webhooks secret", key=key_id and key_known(key_id)),
            store_url(settings) as url,
        ):
            secrets = asyncio.run(_secret(url, key_id, rotate=rotate))
        told = {"key": key_id, "secret": secrets.current, "previous": secrets.previous}
        output.result(told, [secrets.current])
        output.note("Give it to the program that receives the messages: docs/webhooks.md.")
        if rotate:
            output.note(f"For {_HOURS} hours messages are signed with the secret before it too.")


def list_messages(
    state: Annotated[MessageState, typer.Option(help="Which messages.")] = MessageState.DEAD,
    key_id: Annotated[
        str | None, typer.Option("--key-id", help="Only those of one API key.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="How many of each key.")] = 100,
    as_json: options.AsJson = False,
) -> None:
    """List webhook messages: those that were given up, unless another state is asked for."""
    with reporting(as_json=as_json) as output:
        settings = read_settings()
        with store_url(settings) as url:
            messages = asyncio.run(_list(url, settings, state, key_id, most))
        views = [
            {"key": message.owner, **view_delivery(message).model_dump(mode="json")}
            for message in messages
        ]
        output.result(views, [_line(message) for message in messages])
        if not messages:
            output.note(f"There are no {state} messages.")


def redeliver(
    message_id: Annotated[
        str, typer.Argument(metavar="ID", help="The id, as `webhooks list` shows it.")
    ],
    as_json: options.AsJson = False,
) -> None:
    """Send a webhook message again, at once and with all attempts before it.

    Exit codes: 0 it will be sent; 1 there is no such message.
    """
    with reporting(as_json=as_json) as output:
        settings = read_settings()
        with (
            audited(settings, "webhooks redeliver", message=message_known(message_id)),
            store_url(settings) as url,
        ):
            message = asyncio.run(_redeliver(url, settings, message_id))
        output.result(
            view_delivery(message).model_dump(mode="json"), [f"{message.id} is {message.state}."]
        )


def commands() -> typer.Typer:
    """Return the group of commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Webhooks: secrets, and messages that did not arrive."
    )
    group.command("secret")(secret)
    group.command("list")(list_messages)
    group.command("redeliver")(redeliver)
    return group


async def _secret(url: str, key_id: str, *, rotate: bool) -> Secrets:
    async with opened_store(url) as connection:
        if key_id != _NOBODY:
            await KeyRing(connection).find(key_id)
        book = SecretBook(connection)
        return await (book.rotate(key_id) if rotate else book.find_or_make(key_id))


async def _list(
    url: str, settings: Settings, state: MessageState, key_id: str | None, most: int
) -> list[Message]:
    async with opened_store(url) as connection:
        owners = await SecretBook(connection).owners() if key_id is None else [key_id]
        outbox = Outbox(connection, settings)
        pages = [await outbox.page(owner, state, most) for owner in owners]
        return [message for page in pages for message in page.messages]


async def _redeliver(url: str, settings: Settings, message_id: str) -> Message:
    async with opened_store(url) as connection:
        return await Outbox(connection, settings).redeliver(message_id)


def _line(message: Message) -> str:
    last = message.last
    fate = "not tried yet"
    if last:
        fate = f"{last.outcome} {last.status or ''}".strip() + f" at {last.at:%Y-%m-%d %H:%M:%S}"
    return f"{message.id}  {message.type:13}  {message.attempts:2} attempts  {fate}"
