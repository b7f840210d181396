"""What was taken in and is not begun yet, in the order in which it is due. Knows no threads."""

from bisect import insort
from collections.abc import Sequence

from workers.batching.limits import Limits
from workers.batching.request import Piece


class Backlog:
    """Pieces of requests, earliest due first; those due at once in the order they came."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pieces: list[Piece] = []
        self.characters = 0

    def __len__(self) -> int:
        return len(self._pieces)

    def has_room(self, characters: int) -> bool:
        """Tell whether so much more may wait. What is larger than the whole room waits alone."""
        return not self._pieces or (self.characters + characters <= self._limits.waiting_characters)

    def add(self, pieces: Sequence[Piece]) -> None:
        """Take pieces in."""
        for piece in pieces:
            insort(self._pieces, piece, key=lambda other: other.request.due)
            self.characters += piece.characters

    def take(self) -> list[Piece]:
        """Remove and return the next batch: the first piece due, and those that can go with it.

        The batch of nothing is empty.
        """
        chosen = self._chosen()
        taken = set(map(id, chosen))
        self._pieces = [piece for piece in self._pieces if id(piece) not in taken]
        self.characters -= sum(piece.characters for piece in chosen)
        return chosen

    def _chosen(self) -> list[Piece]:
        chosen: list[Piece] = []
        sentences = characters = 0
        for piece in self._pieces:
            if chosen and piece.request.asked != chosen[0].request.asked:
                continue
            sentences += len(piece.positions)
            characters += piece.characters
            full = (
                sentences > self._limits.batch_sentences
                or characters > self._limits.batch_characters
            )
            if chosen and full:
                # What does not fit ends the batch: a smaller piece behind it may not pass it by.
                break
            chosen.append(piece)
        return chosen
