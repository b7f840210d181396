"""``khabar keys``: the API keys in the store."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer

from khabar.api_key import ApiKey, Scope
from khabar.errors import FieldInvalid
from khabar.quota import MOST_ARTICLES
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from service.cli import options
from service.cli.audited import audited, key_known
from service.cli.chosen_settings import read_settings
from service.cli.output import reporting
from service.cli.present_keys import key_facts, key_lines, key_table
from service.cli.store_access import store_url
from service.cli.times import read_duration, read_end
from service.embedded.opened_store import opened_store

T = TypeVar("T")
_DEFAULT = "default"

KeyId = Annotated[str, typer.Argument(metavar="ID", help="The id, as `keys list` shows it.")]
Scopes = Annotated[
    str, typer.Option(help="What it may do, with commas between: submit, read, admin.")
]
Expires = Annotated[
    str, typer.Option(help="How long it is good, such as 90d, or until which day (UTC), or never.")
]
Rate = Annotated[
    str,
    typer.Option(help="Articles a minute; 0 is without limit, `default` as KHABAR_KEY_RATE says."),
]
Daily = Annotated[
    str,
    typer.Option(help="Articles a day; 0 is without limit, `default` as KHABAR_KEY_DAILY says."),
]


def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, such as the name of a desk.")],
    scope: Scopes = "submit,read",
    expires: Expires = "never",
    rate: Rate = _DEFAULT,
    daily: Daily = _DEFAULT,
    as_json: options.AsJson = False,
) -> None:
    """Make an API key and print its token, which cannot be shown again."""
    with reporting(as_json=as_json) as output:
        chosen = {
            "scopes": _scopes(scope),
            "ends": read_end(expires, "--expires"),
            "rate": _limit(rate, "--rate"),
            "daily": _limit(daily, "--daily"),
        }
        settings = read_settings()
        with audited(settings, "keys create") as facts:
            key, token, now = _on_ring(settings, lambda ring: _create(ring, name, chosen))
            facts["key"] = key.id
        output.result({**key_facts(key, now), "token": token}, [token])
        output.note(f"This is the key {key.id} of {key.name}. Keep it: only its hash is stored.")


def list_keys(as_json: options.AsJson = False) -> None:
    """List the API keys, those that have ended too."""
    with reporting(as_json=as_json) as output:
        keys, now = _on_ring(read_settings(), _list)
        output.result([key_facts(key, now) for key in keys], key_table(keys, now))
        if not keys:
            output.note("There are no keys. Make one with: khabar keys create NAME")


def show(key_id: KeyId, as_json: options.AsJson = False) -> None:
    """Show one API key, with the times of its secrets.

    Exit codes: 0 shown; 1 there is no such key.
    """
    with reporting(as_json=as_json) as output:
        key, now = _on_ring(read_settings(), lambda ring: _find(ring, key_id))
        output.result(key_facts(key, now), key_lines(key, now))


def rotate(
    key_id: KeyId,
    overlap: Annotated[
        str, typer.Option(help="How long the old token is still good; 0 ends it at once.")
    ] = "7d",
    expires: Annotated[
        str | None,
        typer.Option(help="As with create; by default as long as the old one was made for."),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Give an API key a new token and print it. Its jobs and its id stay.

    Exit codes: 0 rotated; 1 there is no such key; 2 it was revoked, or its last rotation is not
    over.
    """
    with reporting(as_json=as_json) as output:
        period = read_duration(overlap, "--overlap")
        ends = "as before" if expires is None else read_end(expires, "--expires")
        settings = read_settings()
        with audited(settings, "keys rotate", key=key_known(key_id)):
            key, token, now = _on_ring(
                settings, lambda ring: _rotate(ring, key_id, {"overlap": period, "ends": ends})
            )
        output.result({**key_facts(key, now), "token": token}, [token])
        until = key.secrets[0].expires_at
        output.note(f"The old token of {key.name} is good until {until:%Y-%m-%d %H:%M} UTC.")


def change(
    key_id: KeyId,
    name: Annotated[str | None, typer.Option(help="Whose key it is.")] = None,
    scope: Annotated[str | None, typer.Option(help="As with create.")] = None,
    rate: Annotated[str | None, typer.Option(help="As with create.")] = None,
    daily: Annotated[str | None, typer.Option(help="As with create.")] = None,
    as_json: options.AsJson = False,
) -> None:
    """Change what an API key may do, within ten seconds everywhere. Its token stays.

    Exit codes: 0 changed; 1 there is no such key.
    """
    with reporting(as_json=as_json) as output:
        changes: dict[str, Any] = {}
        if name is not None:
            changes["name"] = name
        if scope is not None:
            changes["scopes"] = _scopes(scope)
        if rate is not None:
            changes["rate"] = _limit(rate, "--rate")
        if daily is not None:
            changes["daily"] = _limit(daily, "--daily")
        settings = read_settings()
        with audited(settings, "keys change", key=key_known(key_id)):
            key, now = _on_ring(settings, lambda ring: _change(ring, key_id, changes))
        output.result(key_facts(key, now), key_lines(key, now))


def revoke(key_id: KeyId, as_json: options.AsJson = False) -> None:
    """Make an API key useless: for submitting at once, for reading within ten seconds.

    Exit codes: 0 revoked; 1 there is no such key.
    """
    with reporting(as_json=as_json) as output:
        settings = read_settings()
        with audited(settings, "keys revoke", key=key_known(key_id)):
            _on_ring(settings, lambda ring: ring.revoke(key_id))
        output.result({"revoked": key_id}, [f"Revoked {key_id}."])


def commands() -> typer.Typer:
    """Return the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="API keys: make, list, rotate and revoke them.")
    group.command("create")(create)
    group.command("list")(list_keys)
    group.command("show")(show)
    group.command("rotate")(rotate)
    group.command("change")(change)
    group.command("revoke")(revoke)
    return group


def _on_ring(settings: Settings, act: Callable[[KeyRing], Awaitable[T]]) -> T:
    """Return what an act on the keys of the store gives."""

    async def run(url: str) -> T:
        async with opened_store(url) as connection:
            return await act(KeyRing(connection))

    with store_url(settings) as url:
        return asyncio.run(run(url))


async def _create(ring: KeyRing, name: str, chosen: dict[str, Any]) -> tuple[ApiKey, str, datetime]:
    key, token = await ring.create(name, **chosen)
    return key, token, await ring.now()


async def _list(ring: KeyRing) -> tuple[list[ApiKey], datetime]:
    return await ring.list(), await ring.now()


async def _find(ring: KeyRing, key_id: str) -> tuple[ApiKey, datetime]:
    return await ring.find(key_id), await ring.now()


async def _rotate(
    ring: KeyRing, key_id: str, chosen: dict[str, Any]
) -> tuple[ApiKey, str, datetime]:
    key, token = await ring.rotate(key_id, **chosen)
    return key, token, await ring.now()


async def _change(ring: KeyRing, key_id: str, changes: dict[str, Any]) -> tuple[ApiKey, datetime]:
    return await ring.change(key_id, changes), await ring.now()


def _scopes(text: str) -> tuple[Scope, ...]:
    asked = {part.strip() for part in text.split(",")}
    if not asked <= set(Scope):
        raise FieldInvalid(
            "There is no such scope.",
            field="--scope",
            limit=", ".join(Scope),
            given=text[:40],
            hint="Name one or more of them, with commas between.",
        )
    return tuple(scope for scope in Scope if scope in asked)


def _limit(text: str, field: str) -> int | None:
    if text == _DEFAULT:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= MOST_ARTICLES):
        raise FieldInvalid(
            "This is not a number of articles.",
            field=field,
            limit=f"0 to {MOST_ARTICLES:,}, or {_DEFAULT}",
            given=text[:40],
            hint="0 is without limit.",
        )
    return int(text)
