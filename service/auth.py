"""Asks the gate who a request is from, before a route answers it."""

from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from service.gate import Gate

_BEARER = HTTPBearer(auto_error=False, description="An API key. Not needed on loopback.")


async def _owner(connection: HTTPConnection, _: Annotated[object, Security(_BEARER)]) -> str:
    gate: Gate = connection.app.state.resources.gate
    return await gate.enter(connection.scope)


Owner = Annotated[str, Depends(_owner)]
