"""The shapes of requests and responses. ``openapi.yaml`` is made from them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl

from khabar.errors import ErrorRecord
from khabar.job import State
from khabar.languages import Language
from khabar.queues import Priority
from khabar.summary import Length, ModelUse, Summary
from khabar.webhooks.message import Attempt, MessageState

DIGEST_HEADER = "Khabar-Glossary-Digest"
ENTRIES_HEADER = "Khabar-Glossary-Entries"
"""Headers that say of a glossary what its text does not."""


class Request(BaseModel):
    """A request body: a field we do not know is refused, since it may be a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


_EXAMPLE = (
    "The harbour authority said on Tuesday that the new ferry terminal would open in March. "
    "A storm damaged the breakwater in November. About 400 people will work there."
)


class ArticleIn(Request):
    """A news article. Give ``text`` or ``html``, not both."""

    text: Annotated[
        str | None,
        Field(
            description="Plain text; every line break starts a new paragraph.",
            examples=[_EXAMPLE],
        ),
    ] = None
    html: Annotated[
        str | None,
        Field(
            description="The article, or a whole page, as HTML.",
            examples=[None],
        ),
    ] = None
    headline: Annotated[str | None, Field(max_length=1000)] = None
    language: Annotated[
        Language | None, Field(description="The article's language. Found from the text if absent.")
    ] = None
    guid: Annotated[str | None, Field(max_length=500)] = None
    version: Annotated[str | None, Field(max_length=100)] = None
    source: Annotated[str | None, Field(max_length=500)] = None
    published_at: datetime | None = None
    url: HttpUrl | None = None


class LookupIn(ArticleIn):
    """An article whose summaries are wanted only if they are there already."""

    length: Length = Length.SHORT
    recipe: Annotated[str | None, Field(max_length=40)] = None


class JobIn(LookupIn):
    """An article to be summarised."""

    languages: Annotated[
        tuple[Language, ...],
        Field(
            min_length=1, max_length=20, description="The languages wanted. All three if absent."
        ),
    ] = tuple(Language)
    priority: Priority = Priority.BULK
    callback_url: Annotated[
        str | None,
        Field(
            description="Where a signed message goes when the job has ended: an https URL on the "
            "internet. See the webhook `job-ended`."
        ),
    ] = None


class LanguageOut(BaseModel):
    """One language of a job."""

    state: State
    cached: Annotated[bool, Field(description="Whether the summary was there before the job.")]
    summary: Summary | None = None
    error: ErrorRecord | None = None


class JobOut(BaseModel):
    """A job, with the summaries that are there so far."""

    id: str
    state: State
    article_hash: str
    source_language: Language
    length: Length
    recipe: str
    fingerprint: str
    priority: Priority
    created_at: datetime
    finished_at: datetime | None = None
    languages: dict[Language, LanguageOut]
    links: dict[str, str]


class Problem(BaseModel):
    """An error, as RFC 9457 ``application/problem+json``. Switch on ``code``: it is stable."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    limit: str | int | float | None = None
    given: str | int | float | None = None
    hint: str | None = None
    violated_policies: Annotated[
        tuple[str, ...] | None,
        Field(
            serialization_alias="violated-policies",
            description="With `quota_exceeded`: the limits that are used up.",
        ),
    ] = None
    retry_after: Annotated[
        int | None,
        Field(description="With `quota_exceeded`: the seconds to wait, as Retry-After has them."),
    ] = None
    errors: list[ErrorRecord] | None = None


class BatchItemOut(BaseModel):
    """What became of one article of a batch: a job, or an error."""

    index: int
    status: int
    job: JobOut | None = None
    error: Problem | None = None


class BatchOut(BaseModel):
    """One item for each article, in the order they were sent."""

    accepted: int
    refused: int
    items: list[BatchItemOut]


class DeliveryOut(BaseModel):
    """A webhook message: what it is about, and how the telling of it went so far."""

    id: Annotated[str, Field(description="What the header `webhook-id` says.")]
    state: MessageState
    type: Literal["job.done", "job.failed", "job.cancelled"]
    job_id: str
    callback_url: str
    created_at: datetime
    attempts: Annotated[
        int, Field(description="Since it was written, or last asked to be delivered again.")
    ]
    next_attempt_at: Annotated[
        datetime | None, Field(description="Roughly; none where nothing is to come.")
    ] = None
    last_attempt: Attempt | None = None
    links: dict[str, str]


class DeliveryWithHistory(DeliveryOut):
    """A webhook message with the attempts at it, the oldest first; the last 50 are kept."""

    history: list[Attempt]


class DeliveriesOut(BaseModel):
    """Some messages, the latest first. ``next`` is the path of those after them."""

    items: list[DeliveryOut]
    next: str | None = None


class MessageLanguage(BaseModel):
    """How one language of the job ended. ``error`` is a code."""

    state: Literal["done", "failed", "cancelled"]
    error: str | None = None


class MessageData(BaseModel):
    """The job that has ended. Its summaries are at the links, for those with the API key."""

    job_id: str
    state: Literal["done", "failed", "cancelled"]
    article_hash: str
    length: Length
    recipe: str
    languages: dict[Language, MessageLanguage]
    links: dict[str, str]


class MessageIn(BaseModel):
    """What is sent to a callback (Standard Webhooks 1.0). ``timestamp`` is the end of the job."""

    type: Literal["job.done", "job.failed", "job.cancelled"]
    timestamp: datetime
    data: MessageData


class SummariesOut(BaseModel):
    """The summaries of one article that are kept, and the languages that are not."""

    article_hash: str
    source_language: Language
    length: Length
    recipe: str
    fingerprint: str
    summaries: dict[Language, Summary]
    missing: list[Language]


class LanguageInfo(BaseModel):
    """A language Khabar serves."""

    code: Language
    english_name: str
    own_name: str
    script: str
    direction: Literal["ltr", "rtl"]


class ModelInfo(ModelUse):
    """A model of a recipe. ``installed`` is null while no worker says what it has."""

    pairs: list[tuple[Language, Language]]
    installed: bool | None
    bytes: int | None = None


class GlossaryInfo(BaseModel):
    """The glossary a recipe is used with."""

    digest: Annotated[str, Field(description="What identifies its terms.")]
    entries: int
    uploaded_at: Annotated[
        datetime | None,
        Field(description="When the recipe got these terms; null if they are its own file's."),
    ] = None


class GlossaryOut(BaseModel):
    """A glossary that was uploaded, and the fingerprint its recipe has with it."""

    recipe: str
    digest: str
    entries: int
    uploaded_at: datetime
    fingerprint: str


class RecipeInfo(BaseModel):
    """A recipe, its models and the pairs of languages it can serve."""

    name: str
    description: str
    default: bool
    fingerprint: str
    glossary: GlossaryInfo | None
    summarizer: str
    pairs: list[tuple[Language, Language]]
    models: list[ModelInfo]
    card: Annotated[
        str | None,
        Field(description="Where to read what the models can and cannot, and whose they are."),
    ]
    refused: Annotated[
        list[str], Field(description="Models whose licence is not allowed here; empty if usable.")
    ]


class Readiness(BaseModel):
    """Whether the service can take work, and who would do it."""

    ready: bool
    store: bool
    workers: list[dict[str, Any]]
    stages: dict[str, bool]
