import numpy as np
import torch

from training.weights import load_weights, quantise, save_weights


def state():
    torch.manual_seed(2)
    return {"a.weight": torch.randn(12, 7), "a.bias": torch.randn(12), "empty": torch.zeros(2, 3)}


def test_vectors_come_back_whole_and_matrices_within_a_step(tmp_path):
    before = state()
    save_weights(tmp_path / "w.npz", before)

    after = load_weights(tmp_path / "w.npz")

    assert set(after) == set(before)
    torch.testing.assert_close(after["a.bias"], before["a.bias"], rtol=0, atol=0)
    steps = before["a.weight"].abs().amax(dim=1, keepdim=True) / 127
    assert bool(((after["a.weight"] - before["a.weight"]).abs() <= steps / 2 * 1.001).all())
    assert not after["empty"].any()


def test_quantising_twice_changes_nothing(tmp_path):
    save_weights(tmp_path / "once.npz", state())
    save_weights(tmp_path / "twice.npz", load_weights(tmp_path / "once.npz"))

    once, twice = (np.load(tmp_path / name) for name in ("once.npz", "twice.npz"))
    np.testing.assert_array_equal(once["a.weight"], twice["a.weight"])
    np.testing.assert_allclose(once["a.weight/scale"], twice["a.weight/scale"], rtol=1e-6)
    once.close()
    twice.close()


def test_rows_use_the_whole_range():
    rows, _ = quantise(np.array([[0.5, -2.0], [0.01, 0.003]], dtype=np.float32))

    assert rows.dtype == np.int8
    assert np.abs(rows).max(axis=1).tolist() == [127, 127]
