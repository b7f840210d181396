"""Greedy decoding in PyTorch: the reference that the exported model is held against."""

from collections.abc import Sequence

import torch

from training.model import Transformer
from training.vocabulary import END, PAD, START


@torch.inference_mode()
def greedy(model: Transformer, sources: Sequence[Sequence[int]], limit: int) -> list[list[int]]:
    """Return the pieces written for each source, without the end token, at most ``limit``.

    A source begins with its tag and ends with the end token. The decoder is run anew for each
    token: it is shallow, and this is not how the model is served.
    """
    device = model.embeddings.weight.device
    memory, mask = model.encode(padded(sources).to(device))
    written = torch.full((len(sources), 1), START, device=device)
    ended = torch.zeros(len(sources), dtype=torch.bool, device=device)
    for _ in range(limit):
        best = model.decode(written, memory, mask)[:, -1].argmax(dim=-1)
        ended |= best == END
        written = torch.cat([written, torch.where(ended, END, best)[:, None]], dim=1)
        if bool(ended.all()):
            break
    return [_until_end(row) for row in written[:, 1:].tolist()]


def padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    """Return the rows as one matrix, filled up at the end."""
    width = max(map(len, rows))
    return torch.tensor([[*row, *[PAD] * (width - len(row))] for row in rows])


def _until_end(row: list[int]) -> list[int]:
    return row[: row.index(END)] if END in row else row
