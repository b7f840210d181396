"""Glossaries of recipes: uploaded, read and removed."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from khabar.errors import FieldInvalid, MediaTypeRefused, TooLarge
from khabar.glossary_file import delimiter_of, receive_glossary
from khabar.store.glossaries import ANY, NONE, CurrentGlossary, Upload
from service.auth import Admin, Reader
from service.problems import documented
from service.resources import ChosenRecipe, Held
from service.schemas import DIGEST_HEADER, ENTRIES_HEADER, GlossaryOut

router = APIRouter(prefix="/v1/recipes", tags=["glossaries"])

CSV = "text/csv"
TSV = "text/tab-separated-values"
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii"})
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_STRONG_TAG = re.compile(r'(?:^|[\s,])"([0-9a-f]{32})"')
_NO_TAG_OF_OURS = "none"
_TEXT = {"schema": {"type": "string"}}
_BODY = {"required": True, "content": {CSV: _TEXT, TSV: _TEXT}}
_READ: dict[int | str, dict[str, Any]] = {
    200: {"description": "The text that was uploaded.", "content": {CSV: _TEXT, TSV: _TEXT}},
    304: {"description": "You have this glossary already."},
}


def _condition(
    if_match: Annotated[
        str | None, Header(description="The ETag of the glossary you have read: 412 if it changed.")
    ] = None,
    if_none_match: Annotated[
        str | None, Header(description="`*`: only if the recipe has no uploaded glossary yet.")
    ] = None,
) -> str:
    if if_match is not None:
        tags = _STRONG_TAG.findall(if_match)
        return ANY if if_match.strip() == ANY else " ".join(tags) or _NO_TAG_OF_OURS
    if if_none_match is None:
        return ""
    if if_none_match.strip() != "*":
        raise FieldInvalid(
            "A change is made only on the condition that there is nothing, or with If-Match.",
            field="If-None-Match",
            limit="*",
        )
    return NONE


Condition = Annotated[str, Depends(_condition)]


@router.put(
    "/{name}/glossary",
    response_model=GlossaryOut,
    openapi_extra={"requestBody": _BODY},
    responses={
        201: {"model": GlossaryOut, "description": "The recipe had none before."},
        **documented(401, 403, 412, 413, 415, 422, 503),
    },
)
async def put(
    _: Admin,
    recipe: ChosenRecipe,
    request: Request,
    held: Held,
    response: Response,
    condition: Condition,
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> GlossaryOut:
    """Give a recipe another glossary, instead of the one of its own file.

    Jobs taken in from now on are made with it. Work that is open goes on with the terms it was
    asked for with. Send `If-Match` with the `ETag` you have read, and nobody's changes are lost.
    """
    _check_media_type(content_type)
    content = await _read_body(request, held.settings.glossary_bytes)
    upload = await run_in_threadpool(_read_upload, content)
    current, new = await held.glossaries.put(recipe.name, upload, condition)
    # Whoever has this answer finds their terms in force, here at once and elsewhere in a moment.
    await held.editions.refresh()
    response.status_code = 201 if new else 200
    response.headers["ETag"] = _etag(current)
    return GlossaryOut(
        recipe=recipe.name,
        digest=current.digest,
        entries=current.entries,
        uploaded_at=current.since,
        fingerprint=recipe.fingerprint_with(current.digest),
    )


@router.get(
    "/{name}/glossary",
    response_class=Response,
    responses={**_READ, **documented(401, 403, 404, 422, 503)},
)
async def read(
    _: Reader,
    recipe: ChosenRecipe,
    held: Held,
    if_none_match: Annotated[str | None, Header(description="An ETag you have.")] = None,
) -> Response:
    """Return the glossary that was uploaded for a recipe, as it was uploaded.

    404 `glossary_unknown` if none was. The digest and the number of entries are in headers.
    """
    current, text = await held.glossaries.read(recipe.name)
    headers = {
        "ETag": _etag(current),
        "Cache-Control": "private, no-cache",
        DIGEST_HEADER: current.digest,
        ENTRIES_HEADER: str(current.entries),
    }
    if if_none_match is not None and _matches(if_none_match, current.tag):
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type=TSV if delimiter_of(text) == "\t" else CSV)


@router.delete(
    "/{name}/glossary", status_code=204, responses=documented(401, 403, 404, 412, 422, 503)
)
async def remove(_: Admin, recipe: ChosenRecipe, held: Held, condition: Condition) -> None:
    """Remove the glossary that was uploaded for a recipe: its own file's is in force again."""
    await held.glossaries.remove(recipe.name, condition)
    await held.editions.refresh()


def _check_media_type(content_type: str) -> None:
    essence = content_type.partition(";")[0].strip().lower()
    charset = _CHARSET.search(content_type)
    if essence in {"", CSV, TSV} and (charset is None or charset[1].lower() in _UTF8):
        return
    raise MediaTypeRefused(
        "A glossary is CSV or tab-separated values, in UTF-8.",
        field="Content-Type",
        limit=f"{CSV}, {TSV}",
        hint="Save it as CSV UTF-8, and name its type in the header Content-Type.",
    )


async def _read_body(request: Request, limit: int) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > limit:
            told = request.headers.get("content-length", "")
            raise TooLarge(
                "The glossary is larger than it may be, in bytes.",
                field="glossary",
                limit=limit,
                given=int(told) if told.isdigit() else None,
                hint="Shorten it, or raise KHABAR_GLOSSARY_BYTES.",
            )
    return bytes(content)


def _read_upload(content: bytes) -> Upload:
    return Upload.of(*receive_glossary(content))


def _etag(current: CurrentGlossary) -> str:
    return f'"{current.tag}"'


def _matches(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in _tags(header)


def _tags(header: str) -> list[str]:
    """Return the tags of a list, weak ones too (RFC 9110, 13.1.2)."""
    return re.findall(r'"([^"]*)"', header)
