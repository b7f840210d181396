"""Whether the desk's own terms were rendered as it wants them."""

from khabar.glossary import Glossary
from khabar.summary import Check
from workers.checks.outcome import outcome
from workers.protocols import Pair


class GlossaryCheck:
    """Fails an output that lacks the rendering of a term which its source has."""

    name = "glossary"

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome, naming what is missing; a pair of one language passes."""
        same = pair.source_language is pair.output_language
        return outcome(self.name, None if same else self._problem(pair))

    def _problem(self, pair: Pair) -> str | None:
        missing = self._glossary.missing(
            pair.source, pair.source_language, pair.output, pair.output_language
        )
        wanted = ", ".join(f"{term.targets[0]} ({term.source})" for term in missing)
        return f"Terms of the glossary are missing: {wanted}." if wanted else None
