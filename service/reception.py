"""Takes jobs in, each for the glossary that its recipe has at that moment."""

from collections.abc import Sequence

from khabar.errors import GlossaryChanging, KhabarError
from khabar.store.intake import Accepted, Intake, Submission
from service.editions import Editions

_MOST_TRIES = 5
"""A submission meets a changed glossary rarely, and hardly ever twice."""


class Reception:
    """Submits to the store; what comes with an old glossary is renewed and tried again."""

    def __init__(self, intake: Intake, editions: Editions) -> None:
        self._intake = intake
        self._editions = editions

    async def submit(self, submission: Submission) -> Accepted:
        """Record a job. Raises as ``Intake.submit`` does, GlossaryChanging at the last try only."""
        for _ in range(_MOST_TRIES - 1):
            try:
                return await self._intake.submit(submission)
            except GlossaryChanging:
                await self._editions.refresh()
                submission = self._renewed(submission)
        return await self._intake.submit(submission)

    async def submit_many(self, submissions: Sequence[Submission]) -> list[Accepted | KhabarError]:
        """Record many jobs as ``submit`` does; each gets an answer or an error of its own."""
        answers = await self._intake.submit_many(submissions)
        for _ in range(_MOST_TRIES - 1):
            late = [n for n, answer in enumerate(answers) if isinstance(answer, GlossaryChanging)]
            if not late:
                break
            await self._editions.refresh()
            renewed = [self._renewed(submissions[place]) for place in late]
            for place, answer in zip(late, await self._intake.submit_many(renewed), strict=True):
                answers[place] = answer
        return answers

    def _renewed(self, submission: Submission) -> Submission:
        return submission.under(self._editions.find(submission.wanted[0].recipe))
