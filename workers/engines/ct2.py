"""Models that CTranslate2 runs: Marian, BART, mBART, M2M-100, NLLB, T5, mT5 and their kin."""

from collections.abc import Collection, Mapping, Sequence
from statistics import fmean
from typing import Any

from khabar.errors import EngineFailed
from khabar.languages import Language
from workers.engines.cpu import prepare_environment, threads
from workers.engines.found import Found, engine_failures
from workers.engines.listening import CallListener, ignore
from workers.engines.native import NativeTranslator
from workers.engines.parts import files_to_hand_over
from workers.engines.sequence import SequenceEngine
from workers.engines.sharing import Cores, batch_rows, batch_tokens
from workers.engines.shortlist import has_shortlist
from workers.engines.steering import Steering
from workers.engines.vocabulary import Vocabulary, load_vocabulary
from workers.hints.sources import Hints, load_hints
from workers.models.store import InstalledModel
from workers.protocols import Decoding

# The library stops a search when as many hypotheses have ended as the beam is wide, and short ones
# end first. Waiting for half as many again brings the better, longer ones in (Kasai et al. 2022,
# "A Call for Clarity in Beam Search").
PATIENCE = 1.5

# To score an output is to have a row of numbers as long as the vocabulary for each of its tokens,
# where a step of a search has one for each hypothesis: so batches are smaller, as for a wide beam.
_SCORED_LIKE_A_BEAM_OF = 4


def load_engine(
    model: InstalledModel,
    device: str = "cpu",
    on_call: CallListener | None = None,
    *,
    compute_type: str = "default",
) -> "CT2Engine":
    """Load an installed model. Raises EngineFailed if the library cannot.

    ``device`` is ``cpu``, ``cuda`` or ``auto``; ``compute_type`` one of CTranslate2's. ``on_call``
    is told, before each call of the model, how many segments it gets.
    """
    # First, for the library crashes on an empty one.
    shortlist = has_shortlist(model)
    translator, cores = open_native("Translator", model, device, compute_type)
    vocabulary = load_vocabulary(model.folder, model.manifest.tokenizer)
    hints = load_hints(model.folder, vocabulary)
    return CT2Engine(
        translator,
        vocabulary,
        Steering.of(model),
        on_call or ignore,
        cores,
        hints,
        shortlist=shortlist,
    )


def open_native(
    kind: str, model: InstalledModel, device: str, compute_type: str
) -> tuple[Any, Cores]:
    """Open a ``Translator`` or ``Generator`` of CTranslate2. Raises EngineFailed."""
    prepare_environment()
    # Imported here, because the library reads the environment as it is loaded.
    import ctranslate2

    use = threads()
    try:
        opened = getattr(ctranslate2, kind)(
            str(model.folder),
            device=device,
            compute_type=compute_type,
            inter_threads=use.inter,
            intra_threads=use.intra,
            files=files_to_hand_over(model),
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise EngineFailed(f"The model {model.manifest.id} cannot be loaded: {error}") from error
    return opened, Cores(use.inter if opened.device == "cpu" else 1)


class CT2Engine(SequenceEngine):
    """An encoder and decoder in CTranslate2, loaded once for all threads of a process."""

    def __init__(
        self,
        translator: NativeTranslator,
        vocabulary: Vocabulary,
        steering: Steering,
        on_call: CallListener,
        cores: Cores,
        hints: Hints | None = None,
        *,
        shortlist: bool = False,
    ) -> None:
        super().__init__(vocabulary, steering, on_call, hints)
        self._translator = translator
        self._cores = cores
        self._shortlist = shortlist

    def score(
        self, texts: Sequence[str], outputs: Sequence[str], *, target: Language
    ) -> list[float | None]:
        """Return how probable each output is where the text beside it is read.

        It is the mean log-probability of a token, the end token among them; None where either is
        longer than the model takes, or the output is empty. Raises EngineFailed.
        """
        self._steering.require(target)
        pairs = [
            (self._encode(text.strip(), target), self._vocabulary.encode_output(output.strip()))
            for text, output in zip(texts, outputs, strict=True)
        ]
        fitting = [
            at
            for at, (tokens, written) in enumerate(pairs)
            if 0 < len(written) <= self._steering.max_target_tokens
            and self._steering.fits(tokens, target)
        ]
        scores: list[float | None] = [None] * len(pairs)
        if fitting:
            chosen = [pairs[at] for at in fitting]
            for at, score in zip(fitting, self._score(chosen, target), strict=True):
                scores[at] = score
        return scores

    def _score(
        self, pairs: Sequence[tuple[Sequence[str], Sequence[str]]], target: Language
    ) -> list[float]:
        prefix = self._steering.output_prefix(target)
        inputs = [self._steering.input(tokens, target) for tokens, _ in pairs]
        outputs = [[*prefix, *written] for _, written in pairs]
        lengths = [max(map(len, pair)) for pair in zip(inputs, outputs, strict=True)]
        self._on_call(len(pairs))
        with engine_failures(), self._cores.share() as batches:
            results = self._translator.score_batch(
                inputs,
                outputs,
                # By tokens the library would count those that are read alone.
                max_batch_size=batch_rows(lengths, _SCORED_LIKE_A_BEAM_OF, batches),
                batch_type="examples",
                max_input_length=0,
                offset=len(prefix),
            )
        return [fmean(result.log_probs) for result in results]

    def _search(
        self, inputs: Sequence[Sequence[str]], prefix: Sequence[str], decoding: Decoding
    ) -> list[Found]:
        limit = min(decoding.max_length, self._steering.max_target_tokens)
        lengths = [len(tokens) for tokens in inputs]
        with self._cores.share() as batches:
            results = self._translator.translate_batch(
                [list(tokens) for tokens in inputs],
                target_prefix=[list(prefix)] * len(inputs) if prefix else None,
                max_decoding_length=limit + len(prefix),
                min_decoding_length=min(decoding.min_length, limit) + len(prefix),
                max_batch_size=batch_tokens(lengths, decoding.beam_size, batches),
                # The segments fit already; the library would cut silently.
                max_input_length=0,
                # An unknown token can only be shown as a mark that no reader knows.
                disable_unk=True,
                use_vmap=self._shortlist,
                num_hypotheses=min(decoding.n_best, decoding.beam_size),
                **search_options(decoding),
            )
        ends = {self._steering.end_token}
        return [
            Found.best_of(
                [
                    found_by_library(tokens, score, ends, decoding, len(prefix))
                    for tokens, score in zip(result.hypotheses, result.scores, strict=True)
                ]
            )
            for result in results
        ]


def search_options(decoding: Decoding) -> Mapping[str, object]:
    """Return what translators and generators are told alike."""
    return {
        "beam_size": decoding.beam_size,
        "patience": PATIENCE,
        "length_penalty": decoding.length_penalty,
        "repetition_penalty": decoding.repetition_penalty,
        "no_repeat_ngram_size": decoding.no_repeat_ngram,
        "batch_type": "tokens",
        "return_end_token": True,
        "return_scores": True,
    }


def found_by_library(
    tokens: Sequence[str],
    score: float,
    ends: Collection[str],
    decoding: Decoding,
    forced: int = 0,
) -> Found:
    """Return what the library's tokens and score mean; the first ``forced`` tokens were given.

    It divides the sum of the log-probabilities by the number of tokens to the power of the length
    penalty. The forced tokens count in that number, though not in the sum.
    """
    finished = len(tokens) > forced and tokens[-1] in ends
    total = score * float(max(1, len(tokens))) ** decoding.length_penalty
    return Found(tokens[forced : len(tokens) - finished], finished, total)
