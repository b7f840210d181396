"""A stretch of a text, by its offsets."""

from typing import NamedTuple, Self


class Span(NamedTuple):
    """Code points ``start`` (included) to ``end`` (excluded) of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the slice of ``text``."""
        return text[self.start : self.end]

    def moved(self, distance: int) -> Self:
        """Return the span ``distance`` code points further on."""
        return type(self)(self.start + distance, self.end + distance)

    def trimmed(self, text: str) -> Self:
        """Return the span without the white space at its ends."""
        slice_ = self.of(text)
        start = self.start + len(slice_) - len(slice_.lstrip())
        return type(self)(start, max(start, self.start + len(slice_.rstrip())))
