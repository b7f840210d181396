"""Opens models: each once for all threads of the process, with a batcher before it."""

import threading
from dataclasses import dataclass

from pydantic import SecretStr

from khabar.languages import Language
from khabar.recipe import ModelChoice
from khabar.settings import Settings
from workers.batching.batcher import Batcher
from workers.batching.engine import BatchedModel
from workers.batching.limits import Limits
from workers.engines.cpu import threads
from workers.engines.fake import FakeEngine
from workers.engines.load import load_engine
from workers.engines.sequence import SequenceEngine
from workers.llm.client import ChatClient, Server
from workers.models.store import ModelStore
from workers.protocols import Engine


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory. Its batcher gathers the sentences of concurrent jobs into common calls."""

    model: SequenceEngine
    batched: BatchedModel

    def reading(self, language: Language) -> Engine:
        """Return the engine for texts of one language."""
        return self.batched.reading(language)

    def fits(self, text: str, language: Language) -> bool:
        """Tell whether the model reads a text of a language that it also writes at once."""
        return self.model.reading(language).fits(text, language)


class ModelLoader:
    """Keeps what it has opened. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._store = ModelStore(settings.models_folder)
        self._device = settings.device
        self._server_url = settings.openai_url
        self._server_key = settings.openai_key or SecretStr("")
        self._lock = threading.RLock()
        self._loaded: dict[str, LoadedModel] = {}
        self._clients: dict[str | None, ChatClient] = {}

    def engine(self, choice: ModelChoice, recipe: str, source: Language) -> Engine:
        """Return the engine of a model for texts of one language.

        Raises ModelMissing, which says what to install, and EngineFailed.
        """
        return (
            FakeEngine() if choice.engine == "fake" else self.model(choice, recipe).reading(source)
        )

    def model(self, choice: ModelChoice, recipe: str) -> LoadedModel:
        """Return an installed model, opened at its first use. Raises as ``engine`` does."""
        # Two recipes may steer one model differently, so all that is stated tells them apart.
        key = choice.model_dump_json()
        with self._lock:
            if key not in self._loaded:
                model = load_engine(self._store.find_sound(choice, recipe), self._device)
                # One call more than run at once, so that the engine never waits for the next.
                limits = Limits(calls_at_once=threads().inter + 1)
                self._loaded[key] = LoadedModel(model, BatchedModel(model, Batcher(limits)))
            return self._loaded[key]

    def chat(self, choice: ModelChoice) -> ChatClient:
        """Return the client of the OpenAI-compatible server for a model that it serves."""
        with self._lock:
            name = choice.served_as
            if name not in self._clients:
                server = Server(self._server_url, self._server_key, name)
                self._clients[name] = ChatClient(server)
            return self._clients[name]

    def installed(self) -> dict[str, int]:
        """Return the size in bytes of each sound model on this machine, by ``id@revision``."""
        return self._store.sizes()

    def close(self) -> None:
        """Finish what was begun, and end all threads and connections."""
        with self._lock:
            for loaded in self._loaded.values():
                loaded.batched.close()
            for client in self._clients.values():
                client.close()
