"""Every error Khabar tells its clients, in one tree.

::

    KhabarError
    ├── InvalidInput                 what was sent cannot be used as it is
    │   ├── FieldInvalid             a field has the wrong type or value
    │   ├── BodyInvalid              the request body is not the JSON that was promised
    │   ├── MediaTypeRefused         the body is of a type, or in a coding, that is not read
    │   ├── ArticleEmpty             no sentence is left to summarise
    │   ├── TextNotUnicode           lone surrogates: no UTF-8 for it exists
    │   ├── LanguageUnsupported      not Arabic, Russian or English
    │   ├── RecipeUnknown            no recipe of that name
    │   ├── RecipeInvalid            a recipe file has a mistake
    │   ├── LicenceRefused           a model of the recipe may not be used commercially
    │   └── IdempotencyMismatch      the key was used for another request
    ├── TooLarge                     over a limit that is told
    │   └── HeadTooLarge             the request line and the headers are
    ├── TooSlow                      the body did not arrive in the time it has
    ├── NotFound
    │   ├── ArticleUnknown           this article was never seen
    │   ├── SummaryUnknown           seen, but not in this language, length and recipe
    │   ├── JobUnknown
    │   └── PageUnknown              no such path
    ├── Refused
    │   ├── Unauthorized             no key, or one that is not valid
    │   ├── KeysMissing              it would listen beyond this machine, and nobody has a key
    │   └── MethodRefused            the path exists, the method does not
    ├── Busy                         try again later
    │   ├── QueueFull
    │   └── StoreUnavailable         Redis does not answer
    └── WorkFailed                   a computation ended without a result
        ├── ModelMissing             the recipe's model is not installed here
        ├── NothingToSummarise       the article holds no sentence of its language
        ├── SourceFailed             the summary to be translated failed
        ├── AttemptsExhausted        every permitted attempt died or failed
        ├── DeadlinePassed           the work took longer than it may
        ├── EngineFailed             the model itself raised an error
        ├── RecipeDiffers            the worker's recipe is not the one that was asked for
        └── UnexpectedFailure        a mistake of ours; the workers' log tells which

The ``code`` of each class is stable: clients may switch on it. Messages may change.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class ErrorRecord(BaseModel):
    """An error as it is stored and sent: never holds the text that was sent to us."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    field: str | None = None
    limit: str | int | float | None = None
    given: str | int | float | None = None
    hint: str | None = None


class KhabarError(Exception):
    """The root of the tree.

    ``message`` is a full sentence. ``field`` names the input at fault, ``limit`` and ``given``
    tell what is allowed and what came, ``hint`` says what to do.
    """

    code: ClassVar[str] = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        limit: str | float | None = None,
        given: str | float | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.limit = limit
        self.given = given
        self.hint = hint

    def record(self) -> ErrorRecord:
        """Return the error as it is stored and sent."""
        facts: dict[str, Any] = {
            name: getattr(self, name) for name in ("message", "field", "limit", "given", "hint")
        }
        return ErrorRecord(code=self.code, **facts)


class InvalidInput(KhabarError):
    """What was sent cannot be used as it is."""

    code = "invalid_input"


class FieldInvalid(InvalidInput):
    """A field has the wrong type or value."""

    code = "field_invalid"


class BodyInvalid(InvalidInput):
    """The request body is not the JSON that was promised."""

    code = "body_invalid"


class MediaTypeRefused(InvalidInput):
    """The body is of a media type, or in a content coding, that is not read."""

    code = "media_type_refused"


class ArticleEmpty(InvalidInput):
    """The article has no text."""

    code = "article_empty"


class TextNotUnicode(InvalidInput):
    """The text holds lone surrogates, for which no UTF-8 exists."""

    code = "text_not_unicode"


class LanguageUnsupported(InvalidInput):
    """The text is not in Arabic, Russian or English."""

    code = "language_unsupported"


class RecipeUnknown(InvalidInput):
    """There is no recipe of that name."""

    code = "recipe_unknown"


class RecipeInvalid(InvalidInput):
    """A recipe file has a mistake."""

    code = "recipe_invalid"


class LicenceRefused(InvalidInput):
    """A model of the recipe has a non-commercial licence, which the settings do not allow."""

    code = "licence_refused"


class IdempotencyMismatch(InvalidInput):
    """The Idempotency-Key was used before, for another request."""

    code = "idempotency_mismatch"


class TooLarge(KhabarError):
    """Something is over a limit; the limit and what was given are told."""

    code = "too_large"


class HeadTooLarge(TooLarge):
    """The request line and the headers are over their limit."""

    code = "head_too_large"


class TooSlow(KhabarError):
    """The body did not arrive in the time it has."""

    code = "too_slow"


class NotFound(KhabarError):
    """What was asked for does not exist."""

    code = "not_found"


class ArticleUnknown(NotFound):
    """This article was never seen, or is no longer kept."""

    code = "article_unknown"


class SummaryUnknown(NotFound):
    """The article was seen, but no such summary of it is kept."""

    code = "summary_unknown"


class JobUnknown(NotFound):
    """There is no such job, or it is no longer kept."""

    code = "job_unknown"


class PageUnknown(NotFound):
    """There is nothing at this path."""

    code = "page_unknown"


class Refused(KhabarError):
    """The request is understood and not allowed."""

    code = "refused"


class Unauthorized(Refused):
    """No key was given, or one that is not valid."""

    code = "unauthorized"


class KeysMissing(Refused):
    """The service would listen beyond this machine, and nobody has a key."""

    code = "keys_missing"


class MethodRefused(Refused):
    """The path exists; it does not answer to this method."""

    code = "method_refused"


class Busy(KhabarError):
    """The service cannot take this now; the same request may succeed later."""

    code = "busy"
    retry_after_seconds: ClassVar[int] = 5


class QueueFull(Busy):
    """As much work is waiting as may wait."""

    code = "queue_full"


class StoreUnavailable(Busy):
    """Redis does not answer."""

    code = "store_unavailable"


class WorkFailed(KhabarError):
    """A computation ended without a result."""

    code = "work_failed"


class ModelMissing(WorkFailed):
    """The recipe's model for this step is not installed on the worker."""

    code = "model_missing"


class NothingToSummarise(WorkFailed):
    """The article holds no sentence that could stand in a summary."""

    code = "nothing_to_summarise"


class SourceFailed(WorkFailed):
    """The summary that was to be translated could not be made."""

    code = "source_failed"


class AttemptsExhausted(WorkFailed):
    """Every permitted attempt died or failed."""

    code = "attempts_exhausted"


class DeadlinePassed(WorkFailed):
    """The work took longer than a computation may take."""

    code = "deadline_passed"


class EngineFailed(WorkFailed):
    """The model raised an error of its own."""

    code = "engine_failed"


class RecipeDiffers(WorkFailed):
    """The worker has another recipe by this name than the service that took the job."""

    code = "recipe_differs"


class UnexpectedFailure(WorkFailed):
    """A mistake of ours stopped the work."""

    code = "unexpected_failure"
