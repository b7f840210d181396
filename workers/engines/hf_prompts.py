"""Models without an encoder that transformers runs on torch."""

from collections.abc import Sequence

from workers.engines.checkpoint import Checkpoint, open_checkpoint
from workers.engines.completion import PromptEngine
from workers.engines.found import Found
from workers.engines.listening import CallListener, ignore
from workers.models.manifest import Manifest
from workers.models.store import InstalledModel
from workers.protocols import Decoding


def load_generator(
    model: InstalledModel, device: str = "cpu", on_call: CallListener | None = None
) -> "HFPromptEngine":
    """Load an installed model. Raises EngineFailed if it cannot be, and ModelMissing without torch.

    ``device`` is ``cpu``, ``cuda`` or ``auto``. ``on_call`` is told, before each call of the model,
    how many prompts it gets.
    """
    return HFPromptEngine(open_checkpoint(model, device), model.manifest, on_call or ignore)


class HFPromptEngine(PromptEngine):
    """A decoder in torch, loaded once for all threads of a process."""

    def __init__(self, checkpoint: Checkpoint, manifest: Manifest, on_call: CallListener) -> None:
        super().__init__(checkpoint.vocabulary, manifest, on_call)
        self._checkpoint = checkpoint

    def _search(
        self, inputs: Sequence[Sequence[str]], decoding: Decoding, limit: int
    ) -> list[Found]:
        numbers = [self._vocabulary.numbers(tokens) for tokens in inputs]
        return self._checkpoint.write(numbers, (), decoding, limit)
