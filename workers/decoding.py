"""How an output that went wrong is searched for once more."""

from dataclasses import replace

from workers.protocols import Decoding

_PENALTY = 1.3
_BEAM = 2
_NGRAM = 3


def firmer(decoding: Decoding) -> Decoding:
    """Return settings under which a model that looped or copied mostly does not do so again."""
    return replace(
        decoding,
        beam_size=max(_BEAM, decoding.beam_size),
        repetition_penalty=max(_PENALTY, decoding.repetition_penalty),
        no_repeat_ngram=_NGRAM,
    )
