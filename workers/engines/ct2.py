"""Models that CTranslate2 runs: Marian, M2M-100, NLLB, BART and their kin."""

from collections.abc import Callable, Sequence

from khabar.errors import EngineFailed
from khabar.languages import Language
from workers.engines.clauses import split_clauses
from workers.engines.cpu import prepare_environment, threads
from workers.engines.native import NativeResult, NativeTranslator
from workers.engines.segments import Segment, join_hypotheses
from workers.engines.steering import Steering
from workers.engines.vocabulary import Vocabulary, load_vocabulary
from workers.models.store import InstalledModel
from workers.protocols import Decoding, Hypothesis

CallListener = Callable[[int], None]

# Padded positions in one batch: enough to keep the matrix products busy on a CPU, little enough
# that a call with many sentences is spread over all cores.
_BATCH_TOKENS = 1024

# The library stops a search when as many hypotheses have ended as the beam is wide, and short ones
# end first. Waiting for half as many again brings the better, longer ones in (Kasai et al. 2022,
# "A Call for Clarity in Beam Search").
_PATIENCE = 1.5


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
    prepare_environment()
    # Imported here, because the library reads the environment as it is loaded.
    import ctranslate2

    use = threads()
    try:
        translator = ctranslate2.Translator(
            str(model.folder),
            device=device,
            compute_type=compute_type,
            inter_threads=use.inter,
            intra_threads=use.intra,
        )
    except (RuntimeError, ValueError) as error:
        raise EngineFailed(f"The model {model.manifest.id} cannot be loaded: {error}") from error
    vocabulary = load_vocabulary(model.folder, model.manifest.tokenizer)
    return CT2Engine(translator, vocabulary, Steering.of(model), on_call or _ignore)


class CT2Engine:
    """One model, loaded once, for all threads of a process.

    A sentence longer than the model reads is cut at clause borders, and its pieces' outputs are
    joined again; ``Decoding.max_length`` then bounds each piece.
    """

    def __init__(
        self,
        translator: NativeTranslator,
        vocabulary: Vocabulary,
        steering: Steering,
        on_call: CallListener,
    ) -> None:
        self._translator = translator
        self._vocabulary = vocabulary
        self._steering = steering
        self._on_call = on_call

    def reading(self, source: Language) -> "CT2Engine":
        """Return the same model told what language it reads, which some models must be."""
        steering = self._steering.reading(source)
        return CT2Engine(self._translator, self._vocabulary, steering, self._on_call)

    def generate(
        self, sentences: Sequence[str], decoding: Decoding, *, target: Language
    ) -> list[Hypothesis]:
        """Return one hypothesis for each sentence, in order. Raises EngineFailed.

        A sentence of white space gives an empty hypothesis, and the model is not asked.
        """
        self._steering.require(target)
        segments = [
            segment
            for position, sentence in enumerate(sentences)
            for segment in self._segments(position, sentence, target)
        ]
        hypotheses = self._run(segments, decoding, target) if segments else []
        return join_hypotheses(segments, hypotheses, len(sentences))

    def _segments(self, position: int, sentence: str, target: Language) -> list[Segment]:
        if not sentence.strip():
            return []
        clauses = split_clauses(
            sentence.strip(),
            lambda text: self._steering.fits(self._vocabulary.encode(text), target),
        )
        return [
            Segment(position, clause.joiner, self._vocabulary.encode(clause.text))
            for clause in clauses
        ]

    def _run(
        self, segments: Sequence[Segment], decoding: Decoding, target: Language
    ) -> list[Hypothesis]:
        prefix = self._steering.output_prefix(target)
        self._on_call(len(segments))
        try:
            results = self._translator.translate_batch(
                [self._steering.input(segment.tokens, target) for segment in segments],
                target_prefix=[prefix] * len(segments) if prefix else None,
                **_options(decoding, self._steering.max_target_tokens),
            )
        except (RuntimeError, ValueError) as error:
            raise EngineFailed(f"The model failed: {error}") from error
        return [self._hypothesis(result, len(prefix), decoding) for result in results]

    def _hypothesis(
        self, result: NativeResult, prefix_length: int, decoding: Decoding
    ) -> Hypothesis:
        generated = result.hypotheses[0]
        finished = generated[-1:] == [self._steering.end_token]
        tokens = generated[prefix_length : len(generated) - finished]
        # CTranslate2 divides the sum of the log-probabilities by length ** length_penalty.
        length = max(1, len(generated) - prefix_length)
        score = result.scores[0] * length ** (decoding.length_penalty - 1)
        return Hypothesis(self._vocabulary.decode(tokens), len(tokens), finished, score)


def _options(decoding: Decoding, max_target_tokens: int) -> dict[str, object]:
    return {
        "beam_size": decoding.beam_size,
        "patience": _PATIENCE,
        "max_decoding_length": min(decoding.max_length, max_target_tokens),
        "length_penalty": decoding.length_penalty,
        "repetition_penalty": decoding.repetition_penalty,
        "no_repeat_ngram_size": decoding.no_repeat_ngram,
        "max_batch_size": _BATCH_TOKENS,
        "batch_type": "tokens",
        # The segments fit already; the library would cut silently.
        "max_input_length": 0,
        # An unknown token can only be shown as a mark that no reader knows.
        "disable_unk": True,
        "return_end_token": True,
        "return_scores": True,
    }


def _ignore(segments: int) -> None:
    """Listen to no call."""
