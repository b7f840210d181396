"""What a training run is told: one TOML file, read into frozen records."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_type_hints

from khabar.languages import Language
from training.pairs import DIRECTIONS, direction_name

Weights = Mapping[str, float]
# What TOML gives and what a record wants is known only when the program runs.
Kind = Any
Value = Any


GRAIN = 8
"""What the widths of batches are filled up to are multiples of this, or of less."""


class ConfigInvalid(ValueError):
    """A configuration lacks a value, has one that nobody asked for, or one of the wrong kind."""


@dataclass(frozen=True, slots=True)
class DataConfig:
    """What ``prepare`` takes. Caps and limits count pairs of one source and two languages.

    ``read`` bounds the lines looked at in one file, ``caps`` what is kept of a source after
    cleaning; 0 means all. ``items`` bounds the news items, ``words`` the dictionary's entries and
    ``lists`` the made-up lists of names.
    ``copies`` noisy copies are made of each news sentence. ``run_words`` is the length of the
    longest run of words that a training text may share with a text kept for evaluation, plus one.
    """

    seed: int
    read: int
    caps: Mapping[str, int]
    max_characters: int
    items: int
    words: int
    copies: int
    lists: int
    substitutions: int
    run_words: int


@dataclass(frozen=True, slots=True)
class VocabularyConfig:
    """The sentencepiece model: ``kind`` is ``unigram`` or ``bpe``.

    ``characters`` of each language are learnt from; ``alpha`` is the temperature of the sampled
    segmentations that noisy copies get (Kudo 2018), 0 for none. The pieces' translations are learnt
    from up to ``lexicon`` examples of each group, 0 for none.
    """

    size: int
    kind: str
    characters: int
    alpha: float
    lexicon: int


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The transformer's shape. ``positions`` bounds the length of both sides, in tokens."""

    width: int
    heads: int
    feed_forward: int
    encoder_layers: int
    decoder_layers: int
    dropout: float
    positions: int


@dataclass(frozen=True, slots=True)
class Phase:
    """The weights of the sources up to the share ``until`` of the budget."""

    until: float
    weights: Weights


@dataclass(frozen=True, slots=True)
class MixConfig:
    """How examples are drawn: see ``training.mixture``.

    ``directions`` has keys like ``en-ru``; one that weighs nothing is not learnt at all.
    """

    temperature: float
    directions: Weights
    phases: tuple[Phase, ...]

    def learns(self, direction: str) -> bool:
        """Tell whether the model learns a direction."""
        return self.directions.get(direction, 0.0) > 0

    def draws(self, source: str) -> bool:
        """Tell whether examples of a source are ever drawn."""
        return any(phase.weights.get(source, 0.0) > 0 for phase in self.phases)


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How the model is trained.

    ``compile`` names a backend of torch.compile, or nothing. ``batch_tokens`` counts padded
    positions of both sides in one update. ``reserve`` is the share of the budget kept for what
    comes after the last update. ``max_updates`` 0 lets the budget alone decide. ``peak_rate`` is
    that of the layers' matrices, ``table_rate`` that of the embeddings and all else. ``warm_up``
    and ``average_from`` are shares of the budget; ``*_seconds`` are seconds, ``*_every`` updates.
    """

    seed: int
    threads: int
    device: str
    precision: str
    compile: str
    batch_tokens: int
    round_examples: int
    max_length: int
    max_updates: int
    reserve: float
    peak_rate: float
    table_rate: float
    resume_rate: float
    warm_up: float
    weight_decay: float
    beta_2: float
    label_smoothing: float
    clip: float
    ema_decay: float
    average_from: float
    average_every: int
    log_every: int
    validate_seconds: float
    checkpoint_seconds: float
    sample_sentences: int


@dataclass(frozen=True, slots=True)
class CoresConfig:
    """How a run without a GPU is spread: see ``training.cores``.

    There are so many ``processes``, or one for each core where that is 0. A batch has about
    ``positions`` positions, and an update so many ``batches`` a process, or ``late_batches`` from
    the share ``late_from`` of the budget on. Of the pieces, ``candidates`` are scored in a batch,
    the most ``frequent`` always.
    """

    processes: int
    positions: int
    batches: int
    late_batches: int
    late_from: float
    candidates: int
    frequent: int


@dataclass(frozen=True, slots=True)
class HintsConfig:
    """Which words of a source are hinted: see ``training.hints``.

    None of the most ``frequent`` stems of a language, and none whose translation is less ``likely``
    than that; a stem that the texts have fewer than ``seldom`` times may get it from a dictionary.
    Of the sources learnt from, the share ``none`` has no hints; of the hints of the
    others, ``left_out`` is left out, and of those for words with a capital inside a sentence,
    ``by_sound`` are spelt rather than looked up.
    """

    frequent: int
    likely: float
    seldom: int
    none: float
    left_out: float
    by_sound: float


@dataclass(frozen=True, slots=True)
class ShortlistConfig:
    """Which pieces a search scores: the most ``frequent`` of the target language, and letters."""

    frequent: int


@dataclass(frozen=True, slots=True)
class CardConfig:
    """What the exported model is called."""

    id: str
    revision: str
    licence: str


@dataclass(frozen=True, slots=True)
class Config:
    """One whole run; ``cores`` is for one without a GPU, ``hints`` for a model that reads them.

    With a ``shortlist`` the exported model is searched faster.

    ``full`` says, by direction, from how many characters for one of the source on a translation is
    a full one: the model is told of each that it learns from, and asked for full ones later.
    """

    data: DataConfig
    noise: Weights
    full: Weights
    vocabulary: VocabularyConfig
    model: ModelConfig
    mix: MixConfig
    train: TrainConfig
    card: CardConfig
    cores: CoresConfig | None = None
    hints: HintsConfig | None = None
    shortlist: ShortlistConfig | None = None


_OPTIONAL: Mapping[Kind, Kind] = {
    CoresConfig | None: CoresConfig,
    HintsConfig | None: HintsConfig,
    ShortlistConfig | None: ShortlistConfig,
}


def read_config(path: Path) -> Config:
    """Read a configuration. Raises ConfigInvalid, which names the table and key at fault."""
    with path.open("rb") as stream:
        return parse_config(tomllib.load(stream))


def parse_config(table: Mapping[str, Any]) -> Config:
    """Turn parsed TOML into records. Raises ConfigInvalid."""
    config: Config = _record(Config, table, "")
    if not config.mix.phases or config.mix.phases[-1].until != 1:
        raise ConfigInvalid("mix.phases: the last phase must last until 1.")
    _check_full(config)
    _check_positions(config.model.positions, config.train.max_length)
    return config


def _check_positions(positions: int, longest: int) -> None:
    """Check that the longest text has positions also where it is filled up."""
    needed = -(-longest // GRAIN) * GRAIN
    if positions < needed:
        raise ConfigInvalid(
            f"model.positions: {positions}, but texts of train.max_length, {longest}, are filled "
            f"up to {needed}. Give as many, or a smaller max_length."
        )


def _check_full(config: Config) -> None:
    """Check that what goes into one language is marked in all its directions, or in none.

    Whoever asks for a full translation says into which language, and no more.
    """
    full, known = config.full, {direction_name(*direction) for direction in DIRECTIONS}
    if wrong := sorted(name for name, ratio in full.items() if name not in known or ratio <= 0):
        raise ConfigInvalid(f"full: no direction, or not above 0: {', '.join(wrong)}.")
    for language in Language:
        into = {direction_name(*one) for one in DIRECTIONS if one[1] is language}
        learnt = {name for name in into if config.mix.learns(name)}
        if learnt & set(full) and (lacking := sorted(learnt - set(full))):
            raise ConfigInvalid(f"full: {', '.join(lacking)} is missing beside {sorted(full)}.")


def _record(kind: Kind, table: object, where: str) -> Value:
    if not isinstance(table, Mapping):
        raise ConfigInvalid(f"{where or 'the file'}: a table is wanted.")
    names = {field.name for field in fields(kind)}
    optional = {field.name for field in fields(kind) if field.default is not MISSING}
    if wrong := sorted((names ^ set(table)) - (optional - set(table))):
        raise ConfigInvalid(f"{where or 'the file'}: missing or unknown: {', '.join(wrong)}.")
    types = get_type_hints(kind)
    return kind(**{name: _value(types[name], table[name], f"{where}{name}.") for name in table})


def _value(kind: Kind, value: Value, where: str) -> Value:
    kind = _OPTIONAL.get(kind, kind)
    if is_dataclass(kind):
        return _record(kind, value, where)
    if kind == tuple[Phase, ...]:
        return tuple(_record(Phase, one, where) for one in value)
    if kind is float and isinstance(value, int):
        return float(value)
    if isinstance(value, Mapping):
        return MappingProxyType(dict(value))
    if isinstance(kind, type) and not isinstance(value, kind):
        raise ConfigInvalid(f"{where[:-1]}: {kind.__name__} is wanted.")
    return value
