"""``khabar keys``: the API keys in the store."""

import asyncio
from typing import Annotated, Any

import typer

from khabar.api_key import ApiKey
from khabar.store.api_keys import KeyRing
from service.cli import options
from service.cli.chosen_settings import read_settings
from service.cli.output import reporting
from service.cli.store_access import store_connection, store_url


def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, such as the name of a desk.")],
    as_json: options.AsJson = False,
) -> None:
    """Make an API key and print its token, which cannot be shown again."""
    with reporting(as_json=as_json) as output, store_url(read_settings()) as url:
        key, token = asyncio.run(_create(url, name))
        output.result({**_public(key), "token": token}, [token])
        output.note(f"This is the key {key.id} of {key.name}. Keep it: only its hash is stored.")


def list_keys(as_json: options.AsJson = False) -> None:
    """List the API keys, revoked ones too."""
    with reporting(as_json=as_json) as output, store_url(read_settings()) as url:
        keys = asyncio.run(_list(url))
        output.result([_public(key) for key in keys], [_line(key) for key in keys])
        if not keys:
            output.note("There are no keys. Make one with: khabar keys create NAME")


def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The id, as `keys list` shows it.")],
    as_json: options.AsJson = False,
) -> None:
    """Make an API key useless, within ten seconds everywhere.

    Exit codes: 0 revoked; 1 there is no such key.
    """
    with reporting(as_json=as_json) as output, store_url(read_settings()) as url:
        asyncio.run(_revoke(url, key_id))
        output.result({"revoked": key_id}, [f"Revoked {key_id}."])


def commands() -> typer.Typer:
    """Return the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="API keys: make, list and revoke them.")
    group.command("create")(create)
    group.command("list")(list_keys)
    group.command("revoke")(revoke)
    return group


async def _create(url: str, name: str) -> tuple[ApiKey, str]:
    async with store_connection(url) as connection:
        return await KeyRing(connection).create(name)


async def _list(url: str) -> list[ApiKey]:
    async with store_connection(url) as connection:
        return await KeyRing(connection).list()


async def _revoke(url: str, key_id: str) -> ApiKey:
    async with store_connection(url) as connection:
        return await KeyRing(connection).revoke(key_id)


def _public(key: ApiKey) -> dict[str, Any]:
    return key.model_dump(mode="json", exclude={"secrets"})


def _line(key: ApiKey) -> str:
    state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "valid"
    return f"{key.id}  {key.created_at:%Y-%m-%d}  {state:18}  {key.name}"
