"""What has been learnt so far can be gone on from."""

from pathlib import Path

import pytest

import training
from training.checkpoint import WEIGHTS
from training.config import read_config
from training.model import Transformer
from training.pieces import join_folder
from training.vocabulary import VOCABULARY, load_pieces
from training.weights import load_weights

HOME = Path(training.__file__).parent


@pytest.fixture(params=["from-english", "into-english"])
def run(request, tmp_path):
    join_folder(HOME / "begun" / request.param, tmp_path)
    return tmp_path


def test_the_weights_and_the_vocabulary_fit_the_configuration(run):
    config = read_config(HOME / "configs" / "cores.toml")
    pieces = load_pieces(run / VOCABULARY)

    assert pieces.get_piece_size() == config.vocabulary.size
    model = Transformer(config.model, pieces.get_piece_size())
    model.load_state_dict(load_weights(run / WEIGHTS))


def test_no_piece_is_too_large_for_a_git_host():
    files = [path for path in (HOME / "begun").rglob("*") if path.is_file()]

    assert len(files) > 8
    assert max(path.stat().st_size for path in files) < 16 * 10**6
