import torch

from training.config import ModelConfig
from training.decoding import greedy
from training.model import Transformer
from training.vocabulary import END, START

SHAPE = ModelConfig(16, 2, 32, 1, 1, 0.0, 32)


def test_rows_do_not_disturb_each_other():
    torch.manual_seed(3)
    model = Transformer(SHAPE, 30).eval()
    sources = [[5, 6, END], [7, 8, 9, 10, 11, END]]

    together = greedy(model, sources, limit=6)

    assert together == [greedy(model, [source], limit=6)[0] for source in sources]


def test_it_takes_the_likeliest_piece_and_stops_at_the_end():
    torch.manual_seed(3)
    model = Transformer(SHAPE, 30).eval()
    (written,) = greedy(model, [[5, 6, END]], limit=8)

    row = [START]
    for _ in range(8):
        best = int(model(torch.tensor([[5, 6, END]]), torch.tensor([row]))[0, -1].argmax())
        if best == END:
            break
        row.append(best)

    assert written == row[1:]
