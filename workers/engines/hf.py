"""Models that transformers runs on torch, from the checkpoint as it was published."""

from collections.abc import Sequence

from workers.engines.checkpoint import Checkpoint, open_checkpoint
from workers.engines.found import Found
from workers.engines.listening import CallListener, ignore
from workers.engines.sequence import SequenceEngine
from workers.engines.steering import Steering
from workers.models.store import InstalledModel
from workers.protocols import Decoding


def load_engine(
    model: InstalledModel, device: str = "cpu", on_call: CallListener | None = None
) -> "HFEngine":
    """Load an installed model. Raises EngineFailed if it cannot be, and ModelMissing without torch.

    ``device`` is ``cpu``, ``cuda`` or ``auto``. ``on_call`` is told, before each call of the model,
    how many segments it gets.
    """
    checkpoint = open_checkpoint(model, device)
    vocabulary = checkpoint.vocabulary
    steering = Steering(model.manifest, vocabulary.end_token, vocabulary.start_token)
    return HFEngine(checkpoint, steering, on_call or ignore)


class HFEngine(SequenceEngine):
    """An encoder and decoder in torch, loaded once for all threads of a process."""

    def __init__(self, checkpoint: Checkpoint, steering: Steering, on_call: CallListener) -> None:
        super().__init__(checkpoint.vocabulary, steering, on_call)
        self._checkpoint = checkpoint

    def _search(
        self, inputs: Sequence[Sequence[str]], prefix: Sequence[str], decoding: Decoding
    ) -> list[Found]:
        numbers = self._checkpoint.vocabulary.numbers
        return self._checkpoint.write(
            [numbers(tokens) for tokens in inputs],
            numbers(prefix),
            decoding,
            min(decoding.max_length, self._steering.max_target_tokens),
        )
