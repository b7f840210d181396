"""The application: its routes, its errors, and what it holds while it runs."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from khabar import __version__
from khabar.settings import Settings
from service import problems
from service.body_form import BodyForm
from service.body_limits import BodyLimits
from service.cached_reads import CachedReads
from service.request_audit import RequestAudit
from service.resources import Opener
from service.routes import (
    batch,
    catalogue,
    deliveries,
    desk,
    events,
    glossaries,
    health,
    job_ended,
    jobs,
    summaries,
)
from service.safe_headers import SafeHeaders
from service.wire import PATIENCE, Patience

_ESCAPES = 4
"""JSON may write a character of two bytes as six: a body may be this many times its article."""
_READERS = 4
_JSON = frozenset({"application/json"})
_MEDIA_TYPES = {
    "/v1/jobs": _JSON,
    "/v1/jobs/batch": _JSON | batch.LINES,
    "/v1/summaries/lookup": _JSON,
}


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application. Raises RecipeInvalid and RecipeUnknown."""
    chosen = settings or Settings()
    opener = Opener(chosen)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with opener.opened() as resources:
            app.state.resources = resources
            # What threads do here is reading articles: more of them would only hold more memory.
            current_default_thread_limiter().total_tokens = _READERS
            yield {PATIENCE: Patience(chosen.max_connections, chosen.head_seconds)}

    app = FastAPI(
        title="Khabar",
        version=__version__,
        summary="News articles become short, checked summaries in Arabic, Russian and English.",
        lifespan=lifespan,
        # The desk brings a page of its own for these, which needs no other host.
        docs_url=None,
        redoc_url=None,
        # A redirect would lead to whatever the header Host names.
        redirect_slashes=False,
    )
    problems.install(app)
    for module in (batch, jobs, events, summaries, deliveries, catalogue, glossaries, health):
        app.include_router(module.router)
    app.webhooks.include_router(job_ended.router)
    desk.install(app)
    app.add_middleware(
        BodyLimits,
        # A glossary is measured once more where it is read.
        limit=max(_ESCAPES * chosen.article_bytes, chosen.glossary_bytes),
        limits={"/v1/jobs/batch": chosen.batch_bytes},
        seconds=chosen.body_seconds,
        bytes_per_second=chosen.body_bytes_per_second,
    )
    app.add_middleware(BodyForm, types=_MEDIA_TYPES)
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestAudit, audit=opener.audit, reads=chosen.audit_reads)
    app.add_middleware(
        CachedReads,
        cache=opener.cache,
        gate=opener.gate,
        audit=opener.audit if chosen.audit_reads else None,
    )
    return app
