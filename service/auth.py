"""Asks the gate who a request is from, before a route answers it.

A route names what its caller must be allowed to do, by the type of a parameter: ``Submitter``,
``Reader`` or ``Admin``, each the id of the key that jobs belong to, or ``Anybody`` for any key
that is valid.
"""

from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPBearer, SecurityScopes
from starlette.requests import HTTPConnection

from khabar.api_key import Scope
from service.gate import Caller, Gate
from service.request_audit import facts_of

_READING = frozenset({Scope.READ})
_BEARER = HTTPBearer(
    auto_error=False,
    description="An API key. Not needed on loopback. The scopes named with a path are those the "
    "key must have: `submit`, `read` or `admin`.",
)


async def _enter(
    connection: HTTPConnection,
    needed: SecurityScopes,
    _: Annotated[object, Security(_BEARER)],
) -> Caller:
    gate: Gate = connection.app.state.resources.gate
    scopes = frozenset(map(Scope, needed.scopes))
    # Whoever changes something has a key that is good at this moment, not some seconds ago.
    caller = await gate.enter(connection.scope, remembered=scopes <= _READING)
    facts_of(connection.scope).who = caller.owner
    caller.check(scopes)
    return caller


Submitting = Annotated[Caller, Security(_enter, scopes=[Scope.SUBMIT.value])]
"""Who submits, with the limits of their key. Asked of the store each time, never remembered."""


def _any(caller: Annotated[Caller, Security(_enter)]) -> str:
    return caller.owner


def _submitter(caller: Submitting) -> str:
    return caller.owner


def _reader(caller: Annotated[Caller, Security(_enter, scopes=[Scope.READ.value])]) -> str:
    return caller.owner


def _admin(caller: Annotated[Caller, Security(_enter, scopes=[Scope.ADMIN.value])]) -> str:
    return caller.owner


Anybody = Annotated[str, Depends(_any)]
Submitter = Annotated[str, Depends(_submitter)]
Reader = Annotated[str, Depends(_reader)]
Admin = Annotated[str, Depends(_admin)]
