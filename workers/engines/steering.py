"""The tokens that tell a model which language to read and to write, and when to stop."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from khabar.errors import EngineFailed
from khabar.languages import Language
from workers.models.architectures import Architecture, find_architecture
from workers.models.manifest import Manifest
from workers.models.store import InstalledModel


@dataclass(frozen=True, slots=True)
class Steering:
    """What stands around the tokens of a text. Lengths count tokens.

    ``ends_source`` is false for a model whose converter told CTranslate2 to add the end token.
    """

    manifest: Manifest
    end_token: str
    start_token: str = ""
    ends_source: bool = True
    source: Language | None = None

    @classmethod
    def of(cls, model: InstalledModel) -> Self:
        """Read a converted model's own configuration, as CTranslate2 wrote it."""
        config = json.loads((model.folder / "config.json").read_text(encoding="utf-8"))
        return cls(
            manifest=model.manifest,
            end_token=config.get("eos_token", "</s>"),
            start_token=config.get("bos_token") or "",
            ends_source=not config.get("add_source_eos", False),
        )

    @property
    def architecture(self) -> Architecture:
        """What is particular to the model's kind. Raises EngineFailed for an unknown one."""
        return find_architecture(self.manifest.architecture)

    @property
    def max_target_tokens(self) -> int:
        """The most tokens the model may write."""
        return self.manifest.max_target_tokens

    def reading(self, source: Language) -> Self:
        """Return the steering for texts of one language."""
        return replace(self, source=source)

    def require(self, target: Language) -> None:
        """Raise EngineFailed unless the model writes ``target``."""
        if target not in self.manifest.targets:
            raise EngineFailed(
                f"The model {self.manifest.id} does not write this language.", given=target.value
            )

    def text(self, text: str, target: Language) -> str:
        """Return what goes through the tokenizer for a text."""
        if not self.architecture.steered_by_text:
            return text
        return " ".join((*self._of_languages(target), text))

    def input(self, tokens: Sequence[str], target: Language) -> list[str]:
        """Return what the model is to read, from the tokens of ``text``."""
        end = [self.end_token] if self.ends_source else []
        return [*self._before(target), *tokens, *end]

    def mark(self, target: Language) -> tuple[str, ...]:
        """Return what stands before a hint: the last of the target's tokens."""
        return self.manifest.target_tokens.get(target, ())[-1:]

    def fits(self, tokens: Sequence[str], target: Language) -> bool:
        """Tell whether the model can read these tokens at once."""
        around = len(self._before(target)) + 1
        return len(tokens) + around <= self.manifest.max_source_tokens

    def output_prefix(self, target: Language) -> list[str]:
        """Return the tokens that the output has to begin with."""
        prefix = self.manifest.target_prefix.get(target, ())
        return [*(prefix or self._start())]

    def _before(self, target: Language) -> tuple[str, ...]:
        languages = () if self.architecture.steered_by_text else self._of_languages(target)
        return (*self._start(), *languages)

    def _start(self) -> tuple[str, ...]:
        return (self.start_token,) if self.architecture.begins_with_start else ()

    def _of_languages(self, target: Language) -> tuple[str, ...]:
        source = self.manifest.source_tokens.get(self.source, ()) if self.source else ()
        return source + self.manifest.target_tokens.get(target, ())
