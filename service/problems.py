"""Errors on the wire: RFC 9457 problem documents, and the one table from error to status."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Scope

from khabar import errors
from khabar.errors import ErrorRecord, KhabarError
from service.quota_headers import quota_headers
from service.request_audit import REQUEST_ID, facts_of
from service.safe_headers import SAFE_HEADERS
from service.schemas import Problem

_log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
BODY_LIMIT = "khabar.body_limit"
"""Where a request's scope notes the bytes its body may have."""
_MOST_RECORDS = 20
"""A body may hold a hundred thousand mistakes; nobody reads about all of them."""
_FIELD_CHARACTERS = 100
_DIGITS = 20
_OF_FILES = ("GET", "HEAD")
"""What a mounted folder answers to; it has no methods of its own."""

STATUS: dict[type[KhabarError], int] = {
    KhabarError: 500,
    errors.InvalidInput: 422,
    errors.BodyInvalid: 400,
    errors.MediaTypeRefused: 415,
    errors.TooLarge: 413,
    errors.HeadTooLarge: 431,
    errors.TooSlow: 408,
    errors.NotFound: 404,
    errors.Unauthorized: 401,
    errors.ScopeMissing: 403,
    errors.MethodRefused: 405,
    errors.GlossaryChanged: 412,
    errors.Busy: 503,
    errors.QueueFull: 429,
    errors.QuotaExceeded: 429,
}


TYPES = {
    # Named by draft-ietf-httpapi-ratelimit-headers-11, section 5.1.
    errors.QuotaExceeded.code: "https://iana.org/assignments/http-problem-types#quota-exceeded",
}
"""Problem types that others have defined."""


def status_of(error: KhabarError) -> int:
    """Return the HTTP status for an error: that of the nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(record: ErrorRecord, status: int, others: list[ErrorRecord] | None = None) -> Problem:
    """Return the problem document for an error."""
    return Problem(
        type=TYPES.get(record.code, f"urn:khabar:problem:{record.code}"),
        title=HTTPStatus(status).phrase,
        status=status,
        detail=record.message,
        **record.model_dump(exclude={"message"}),
        errors=others,
    )


def respond(
    record: ErrorRecord,
    status: int,
    *,
    others: list[ErrorRecord] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response for an error."""
    body = problem(record, status, others).model_dump_json(exclude_none=True, by_alias=True)
    return Response(body, status, {**SAFE_HEADERS, **(headers or {})}, media_type=MEDIA_TYPE)


def _answer(request: Request, record: ErrorRecord, status: int, **more: Any) -> Response:  # noqa: ANN401 -- as respond() takes them.
    facts_of(request.scope).code = record.code
    return respond(record, status, **more)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses`` of a route that may answer with these problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def validation_records(found: list[Any]) -> list[ErrorRecord]:
    """Return what pydantic found wrong, without the input it found it in."""
    return [
        ErrorRecord(code="field_invalid", message=_sentence(error), field=_field(error["loc"]))
        for error in found[:_MOST_RECORDS]
    ]


def _field(place: Sequence[str | int]) -> str:
    """Return the name of a field, which the client may have made up: short, and in UTF-8."""
    name = ".".join(str(part) for part in place if part != "body") or "body"
    return name[:_FIELD_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _sentence(error: Mapping[str, Any]) -> str:
    # An enumeration's message lists what is allowed; no message of ours repeats the input.
    return str(error["msg"]).rstrip(".") + "."


def install(app: FastAPI) -> None:
    """Make every error of ``app`` a problem document."""
    app.add_exception_handler(KhabarError, _khabar_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


async def _khabar_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, KhabarError)  # noqa: S101 -- registered for this class only.
    headers = {}
    if isinstance(error, errors.Busy):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, errors.QuotaExceeded):
        # What is not used up must not seem to end later than Retry-After says.
        headers |= quota_headers(error.quotas, told=error.exceeded)
    if isinstance(error, errors.Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.ScopeMissing):
        # RFC 6750, 3.1.
        headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.limit}"'
    return _answer(request, error.record(), status_of(error), headers=headers)


async def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- as above.
    found = list(error.errors())
    if found and found[0]["type"] == "json_invalid":
        broken = ErrorRecord(
            code=errors.BodyInvalid.code,
            message="The body is not JSON.",
            hint="Send Content-Type: application/json and a JSON object in UTF-8.",
        )
        return _answer(request, broken, 400)
    records = validation_records(found)
    return _answer(request, records[0], 422, others=records)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above.
    if error.status_code < HTTPStatus.BAD_REQUEST:
        return Response(status_code=error.status_code, headers=SAFE_HEADERS)
    record = _HTTP_RECORDS.get(error.status_code, _plain)(error, request.scope)
    return _answer(request, record, error.status_code, headers=error.headers)


def too_large(scope: Scope) -> ErrorRecord:
    """Return the error for a body over the limit noted in ``scope``."""
    sent = dict(scope["headers"]).get(b"content-length", b"").decode("latin-1")
    return errors.TooLarge(
        "The request body is larger than it may be, in bytes.",
        field="body",
        limit=scope.get(BODY_LIMIT),
        given=int(sent) if sent.isdecimal() and len(sent) < _DIGITS else None,
        hint="Send fewer articles in a batch, or a shorter article.",
    ).record()


def _body_too_large(_: HTTPException, scope: Scope) -> ErrorRecord:
    return too_large(scope)


def _too_slow(_: HTTPException, __: Scope) -> ErrorRecord:
    return errors.TooSlow(
        "The request body did not arrive in the time it has.",
        field="body",
        hint="Send it again over a faster line, or a smaller batch.",
    ).record()


def _page_unknown(_: HTTPException, __: Scope) -> ErrorRecord:
    return errors.PageUnknown("There is nothing at this path.", hint="See /docs.").record()


def _method_refused(error: HTTPException, scope: Scope) -> ErrorRecord:
    # The router names the methods of the path's first route alone; RFC 9110, 15.5.6 wants them all.
    whole = {**scope, "root_path": scope.get("app_root_path", scope.get("root_path", ""))}
    routes = iter_route_contexts(scope["app"].routes)
    here = [route for route in routes if route.matches(whole)[0] is not Match.NONE]
    methods = {method for route in here for method in route.methods or _OF_FILES}
    error.headers = {"Allow": ", ".join(sorted(methods))}
    return errors.MethodRefused(
        "This path does not answer to this method.",
        limit=error.headers["Allow"],
        given=scope["method"],
    ).record()


def _plain(error: HTTPException, _: Scope) -> ErrorRecord:
    return errors.BodyInvalid(f"{error.detail}.").record()


_HTTP_RECORDS = {
    404: _page_unknown,
    405: _method_refused,
    408: _too_slow,
    413: _body_too_large,
}


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = facts_of(request.scope).request_id
    _log.error("unexpected error", request=request_id, exc_info=error)
    record = KhabarError("Something went wrong on our side; the log tells what.").record()
    # The answer is given outside of what names the others.
    return respond(record, 500, headers={REQUEST_ID.decode(): request_id})
