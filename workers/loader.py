"""Opens models: each once for all threads of the process, with a batcher before it."""

import threading
from dataclasses import dataclass

from pydantic import SecretStr

from khabar.errors import EngineFailed
from khabar.languages import Direction, Language
from khabar.recipe import ModelChoice
from khabar.settings import Settings
from workers.batching.batcher import Batcher
from workers.batching.engine import BatchedModel
from workers.batching.limits import Limits
from workers.engines.channel import ChannelEngine
from workers.engines.cpu import threads
from workers.engines.ct2 import CT2Engine
from workers.engines.fake import FakeEngine
from workers.engines.load import load_engine, load_generator
from workers.engines.sequence import SequenceEngine
from workers.llm.chat import ChatModel
from workers.llm.client import ChatClient, Server
from workers.llm.local import LocalChat
from workers.models.architectures import find_architecture
from workers.models.store import SHIPPED, InstalledModel, ModelStore
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
        self._store = ModelStore(settings.models_folder, SHIPPED)
        self._device = settings.device
        self._server_url = settings.openai_url
        self._server_key = settings.openai_key or SecretStr("")
        self._lock = threading.RLock()
        self._opened: dict[str, LoadedModel | LocalChat] = {}
        self._with_channel: dict[tuple[LoadedModel, LoadedModel, float, Direction], Engine] = {}
        self._chats: dict[str, LocalChat] = {}
        self._clients: dict[str | None, ChatClient] = {}

    def engine(self, choice: ModelChoice, recipe: str, source: Language) -> Engine:
        """Return the engine of a model for texts of one language.

        Raises ModelMissing, which says what to install, and EngineFailed.
        """
        return (
            FakeEngine() if choice.engine == "fake" else self.model(choice, recipe).reading(source)
        )

    def engine_with_channel(
        self, choice: ModelChoice, channel: ModelChoice, recipe: str, way: Direction
    ) -> Engine:
        """Return the engine of a model whose outputs the model of the way back has a say in.

        It is the same each time, so that all who ask for it share its calls. Raises as ``engine``.
        """
        source, target = way
        direct, other = self.model(choice, recipe), self.model(channel, recipe)
        with self._lock:
            key = (direct, other, choice.channel_weight, way)
            if key not in self._with_channel:
                assert isinstance(other.model, CT2Engine)  # noqa: S101 -- Recipe asks for it.
                reader = other.model.reading(target)
                engine = ChannelEngine(
                    direct.model.reading(source), reader, source, choice.channel_weight
                )
                self._with_channel[key] = direct.batched.through(engine)
            return self._with_channel[key]

    def model(self, choice: ModelChoice, recipe: str) -> LoadedModel:
        """Return an installed model that rewrites sentences, opened at its first use.

        Raises as ``engine`` does.
        """
        opened = self._open(choice, recipe)
        if isinstance(opened, LocalChat):
            raise EngineFailed(f"The model {choice.id} continues prompts.")
        return opened

    def chat(self, choice: ModelChoice, recipe: str) -> ChatModel | None:
        """Return what a language model is asked through: its server, or the model in this process.

        None for a model that rewrites sentences. Raises as ``engine`` does.
        """
        if choice.engine == "openai":
            return self._client(choice.served_as)
        if choice.engine == "fake":
            return None
        opened = self._open(choice, recipe)
        return opened if isinstance(opened, LocalChat) else None

    def installed(self) -> dict[str, int]:
        """Return the size in bytes of each sound model on this machine, by ``id@revision``."""
        return self._store.sizes()

    def close(self) -> None:
        """Finish what was begun, and end all threads and connections."""
        with self._lock:
            for opened in self._opened.values():
                if isinstance(opened, LoadedModel):
                    opened.batched.close()
            for client in self._clients.values():
                client.close()

    def _open(self, choice: ModelChoice, recipe: str) -> LoadedModel | LocalChat:
        # Two recipes may steer one model differently, so what is stated tells them apart.
        key = choice.model_dump_json(exclude={"doubt_below", "channel_weight"})
        with self._lock:
            if key not in self._opened:
                self._opened[key] = self._load(self._store.find_sound(choice, recipe))
            return self._opened[key]

    def _load(self, model: InstalledModel) -> LoadedModel | LocalChat:
        if not find_architecture(model.manifest.architecture).decoder_only:
            engine = load_engine(model, self._device)
            # One call more than run at once, so that the engine never waits for the next.
            limits = Limits(calls_at_once=threads().inter + 1)
            return LoadedModel(engine, BatchedModel(engine, Batcher(limits)))
        # It summarises and translates, and is large: what it is used for makes no second one.
        key = model.manifest.model_dump_json(exclude={"pairs"})
        if key not in self._chats:
            self._chats[key] = LocalChat(load_generator(model, self._device))
        return self._chats[key]

    def _client(self, name: str | None) -> ChatClient:
        with self._lock:
            if name not in self._clients:
                server = Server(self._server_url, self._server_key, name)
                self._clients[name] = ChatClient(server)
            return self._clients[name]
