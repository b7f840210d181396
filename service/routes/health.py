"""Whether the service lives, whether it can take work, and what it has done."""

from fastapi import APIRouter, Request, Response

from khabar.errors import StoreUnavailable, Unauthorized
from khabar.queues import Priority, Stage, queue_name
from service.auth import Reader
from service.metrics import CONTENT_TYPE, exposition
from service.problems import documented
from service.resources import Held, Resources
from service.schemas import Readiness

router = APIRouter(tags=["operation"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process lives. Asks nothing of the store."""
    return {"status": "alive"}


@router.get(
    "/readyz",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "The store does not answer."}},
)
async def readyz(request: Request, held: Held, response: Response) -> Readiness:
    """Say whether jobs are taken, and which stages of the work have a worker.

    Jobs are taken whenever the store answers: without workers they wait. Who the workers are is
    told only to those who may use the service.
    """
    try:
        workers = await held.intake.workers()
    except StoreUnavailable:
        response.status_code = 503
        return Readiness(ready=False, store=False, workers=[], stages={})
    served = {queue for worker in workers for queue in worker["queues"]}
    stages = {
        str(stage): all(queue_name(stage, priority) in served for priority in Priority)
        for stage in Stage
    }
    shown = workers if await _may_ask(request, held) else []
    return Readiness(ready=True, store=True, workers=shown, stages=stages)


async def _may_ask(request: Request, held: Resources) -> bool:
    try:
        await held.gate.enter(request.scope)
    except (Unauthorized, StoreUnavailable):
        return False
    return True


@router.get("/metrics", response_class=Response, responses=documented(401, 403, 503))
async def metrics(held: Held, _: Reader) -> Response:
    """Return the totals, in the text format of Prometheus."""
    counters = await held.intake.counters()
    state = {
        "open_computations": await held.intake.open_computations(),
        "workers": len(await held.intake.workers()),
    }
    text = exposition(
        counters, state, memory_hits=held.cache.hits, audit_failures=held.audit.failures
    )
    return Response(text, media_type=CONTENT_TYPE)
