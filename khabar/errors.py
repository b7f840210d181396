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
    │   │   └── GlossaryInvalid      a glossary has a mistake
    │   ├── LicenceRefused           a model of the recipe may not be used commercially
    │   ├── CallbackRefused          the callback's URL may not be called
    │   ├── WebhookSecretMissing     nothing to sign the messages of a callback with
    │   └── IdempotencyMismatch      the key was used for another request
    ├── TooLarge                     over a limit that is told
    │   └── HeadTooLarge             the request line and the headers are
    ├── TooSlow                      the body did not arrive in the time it has
    ├── NotFound
    │   ├── ArticleUnknown           this article was never seen
    │   ├── SummaryUnknown           seen, but not in this language, length and recipe
    │   ├── JobUnknown
    │   ├── GlossaryUnknown          no glossary was uploaded for the recipe
    │   ├── CardUnknown              no card comes with the recipe
    │   ├── DeliveryUnknown          no such webhook message
    │   ├── KeyUnknown               no API key of this id
    │   └── PageUnknown              no such path
    ├── Refused
    │   ├── Unauthorized             no key, or one that is not valid
    │   │   └── KeyExpired           it was valid, and its time is over
    │   ├── ScopeMissing             the key is valid, and may not do this
    │   ├── RotationRefused          the key can have no new secret now
    │   ├── AuditUnwritable          the audit log cannot be opened
    │   ├── KeysMissing              it would listen beyond this machine, and nobody has a key
    │   ├── MethodRefused            the path exists, the method does not
    │   └── GlossaryChanged          it is not, or no longer, what the request says it is
    ├── Busy                         try again later
    │   ├── QueueFull
    │   ├── GlossaryChanging         the glossary changes faster than a job can be taken in
    │   ├── GlossariesFull           as many glossaries are in use as may be kept
    │   ├── QuotaExceeded            this key has sent as many articles as it may for now
    │   └── StoreUnavailable         Redis does not answer, or refuses
    └── WorkFailed                   a computation ended without a result
        ├── ModelMissing             the recipe's model is not installed here
        ├── NothingToSummarise       the article holds no sentence of its language
        ├── SourceFailed             the summary to be translated failed
        ├── AttemptsExhausted        every permitted attempt died or failed
        ├── DeadlinePassed           the work took longer than it may
        ├── EngineFailed             the model itself raised an error
        ├── RecipeDiffers            the worker's recipe is not the one that was asked for
        ├── GlossaryMissing          the glossary that was asked for is no longer kept
        └── UnexpectedFailure        a mistake of ours; the workers' log tells which

The ``code`` of each class is stable: clients may switch on it. Messages may change.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from khabar.quota import Quota


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


class GlossaryInvalid(RecipeInvalid):
    """A glossary has a mistake, in its file or as it was sent."""

    code = "glossary_invalid"


class LicenceRefused(InvalidInput):
    """A model of the recipe has a non-commercial licence, which the settings do not allow."""

    code = "licence_refused"


class CallbackRefused(InvalidInput):
    """The URL of a callback may not be called, or cannot be read in one way only."""

    code = "callback_refused"


class WebhookSecretMissing(InvalidInput):
    """The client has no secret with which the messages of a callback could be signed."""

    code = "webhook_secret_missing"


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


class GlossaryUnknown(NotFound):
    """No glossary was uploaded for this recipe."""

    code = "glossary_unknown"


class CardUnknown(NotFound):
    """No card of its models comes with this recipe."""

    code = "card_unknown"


class DeliveryUnknown(NotFound):
    """There is no such webhook message, or it is no longer kept."""

    code = "delivery_unknown"


class KeyUnknown(NotFound):
    """There is no API key of this id."""

    code = "key_unknown"


class PageUnknown(NotFound):
    """There is nothing at this path."""

    code = "page_unknown"


class Refused(KhabarError):
    """The request is understood and not allowed."""

    code = "refused"


class Unauthorized(Refused):
    """No key was given, or one that is not valid."""

    code = "unauthorized"


class KeyExpired(Unauthorized):
    """The key was valid, and its time is over."""

    code = "key_expired"


class ScopeMissing(Refused):
    """The key is valid, and may not do this. ``limit`` names the scope it would need."""

    code = "scope_missing"


class RotationRefused(Refused):
    """The key can have no new secret now: it was revoked, or has two that are good."""

    code = "rotation_refused"


class AuditUnwritable(Refused):
    """The audit log cannot be opened, and nothing is done without one."""

    code = "audit_unwritable"


class KeysMissing(Refused):
    """The service would listen beyond this machine, and nobody has a key."""

    code = "keys_missing"


class MethodRefused(Refused):
    """The path exists; it does not answer to this method."""

    code = "method_refused"


class GlossaryChanged(Refused):
    """The glossary is not, or no longer, what the request says it is."""

    code = "glossary_changed"


class Busy(KhabarError):
    """The service cannot take this now; the same request may succeed later."""

    code = "busy"
    retry_after_seconds: int = 5


class QueueFull(Busy):
    """As much work is waiting as may wait."""

    code = "queue_full"


class GlossaryChanging(Busy):
    """The recipe has another glossary now than the one a job was to be taken in with."""

    code = "glossary_changing"


class GlossariesFull(Busy):
    """As many glossaries are in use as may be kept."""

    code = "glossaries_full"


class QuotaRecord(ErrorRecord):
    """The record of QuotaExceeded: which limits, and after how many seconds to try again."""

    violated_policies: tuple[str, ...]
    retry_after: int


class QuotaExceeded(Busy):
    """The key has sent as many articles as it may for now.

    ``quotas`` is where it stands, and ``exceeded`` those limits of them that are used up.
    """

    code = "quota_exceeded"

    def __init__(self, quotas: Sequence[Quota], given: int) -> None:
        self.quotas = tuple(quotas)
        # Nothing is left of them, unless some came back while the answer was under way.
        least = min(quota.left for quota in quotas)
        self.exceeded = tuple(quota for quota in quotas if quota.left == least)
        self.retry_after_seconds = max(quota.wait_seconds for quota in self.exceeded)
        allowed = " and ".join(f"{quota.limit} a {quota.name}" for quota in self.exceeded)
        super().__init__(
            f"This key has sent as many articles as it may: {allowed}.",
            limit=self.exceeded[0].limit,
            given=given,
            hint="Send it again after the seconds in `retry_after`.",
        )

    def record(self) -> QuotaRecord:
        """Return the error as it is sent."""
        return QuotaRecord(
            **super().record().model_dump(),
            violated_policies=tuple(quota.name for quota in self.exceeded),
            retry_after=self.retry_after_seconds,
        )


class StoreUnavailable(Busy):
    """Redis does not answer, or refuses what it is asked."""

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


class GlossaryMissing(WorkFailed):
    """The glossary that the work was asked for with is no longer kept."""

    code = "glossary_missing"


class UnexpectedFailure(WorkFailed):
    """A mistake of ours stopped the work."""

    code = "unexpected_failure"
