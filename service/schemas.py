"""The shapes of requests and responses. ``openapi.yaml`` is made from them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl

from khabar.errors import ErrorRecord
from khabar.job import State
from khabar.languages import Language
from khabar.queues import Priority
from khabar.summary import Length, ModelUse, Summary


class Request(BaseModel):
    """A request body: a field we do not know is refused, since it may be a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


class RecipeInfo(BaseModel):
    """A recipe, its models and the pairs of languages it can serve."""

    name: str
    description: str
    default: bool
    fingerprint: str
    summarizer: str
    pairs: list[tuple[Language, Language]]
    models: list[ModelInfo]
    refused: Annotated[
        list[str], Field(description="Models whose licence is not allowed here; empty if usable.")
    ]


class Readiness(BaseModel):
    """Whether the service can take work, and who would do it."""

    ready: bool
    store: bool
    workers: list[dict[str, Any]]
    stages: dict[str, bool]
