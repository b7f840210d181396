"""From an installed model to what runs it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from khabar.errors import EngineFailed
from workers.engines import ct2, ct2_prompts, hf, hf_prompts
from workers.engines.completion import PromptEngine
from workers.engines.listening import CallListener
from workers.engines.sequence import SequenceEngine
from workers.models.architectures import find_architecture
from workers.models.store import InstalledModel

_ENGINES: Mapping[str, Callable[..., SequenceEngine]] = MappingProxyType(
    {"ct2": ct2.load_engine, "hf": hf.load_engine}
)
_GENERATORS: Mapping[str, Callable[..., PromptEngine]] = MappingProxyType(
    {"ct2": ct2_prompts.load_generator, "hf": hf_prompts.load_generator}
)


def load_engine(
    model: InstalledModel, device: str = "cpu", on_call: CallListener | None = None
) -> SequenceEngine:
    """Load a model that rewrites sentences, on the engine that its manifest names.

    ``device`` is ``cpu``, ``cuda`` or ``auto``. ``on_call`` is told, before each call of the model,
    how many segments it gets. Raises EngineFailed, and ModelMissing where torch is needed and not
    installed.
    """
    _require(model, decoder_only=False)
    return _ENGINES[model.manifest.engine](model, device, on_call)


def load_generator(
    model: InstalledModel, device: str = "cpu", on_call: CallListener | None = None
) -> PromptEngine:
    """Load a model that continues prompts; the rest is as for ``load_engine``."""
    _require(model, decoder_only=True)
    return _GENERATORS[model.manifest.engine](model, device, on_call)


def _require(model: InstalledModel, *, decoder_only: bool) -> None:
    name = model.manifest.architecture
    architecture = find_architecture(name)
    if architecture.decoder_only != decoder_only:
        does = "rewrites sentences" if decoder_only else "continues prompts"
        raise EngineFailed(f"The model {model.manifest.id} {does}.", given=name)
    if model.manifest.engine == "ct2" and not architecture.converted:
        raise EngineFailed(
            f"CTranslate2 does not run the model {model.manifest.id}.",
            given=name,
            hint="Choose the engine hf for it in the recipe.",
        )
