"""Step 4: training within a budget of seconds. Whenever it ends, there are weights to export."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch.nn import functional

from training.averaging import Average, ExponentialAverage, LateAverage, State
from training.batches import Assembler, Batch, Plan
from training.checkpoint import WEIGHTS, resume, save_checkpoint
from training.config import Config
from training.device import arithmetic, choose_device, compile_layers, uncompile_layers
from training.lexicon import first_embeddings
from training.log import RunLog
from training.meetings import Numbers
from training.model import Transformer, parameter_count
from training.optimizers import Optimizers
from training.schedule import Clock, rate_factor
from training.stream import Stream
from training.unpacking import Pack
from training.validation import Translations, Validation, scores
from training.vocabulary import PAD, load_pieces
from training.weights import save_weights

RESULT, TRANSLATIONS, LOG = "result.json", "translations.json", "log.jsonl"
_SMALLEST_BATCH = 512


def train(
    config: Config,
    pack: Pack,
    run: Path,
    budget: float,
    *,
    go_on: bool = False,
    kept: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Train for ``budget`` seconds, all told, and return the result, also written to ``run``.

    ``go_on`` starts from what an earlier run left there. The weights in ``weights.npz`` are the
    best on the validation news of the last ones and of their averages; ``kept`` is called when they
    are written, before they are tried. A mistake after the first update ends the learning, not the
    run.
    """
    clock = Clock(budget, config.train.reserve, config.train.max_updates)
    run.mkdir(parents=True, exist_ok=True)
    training = _Training(config, pack, run, clock)
    with _termination(training):
        training.start(go_on=go_on)
        training.learn_whatever_happens()
        return training.finish(kept)


def smoothed_loss(scored: torch.Tensor, wanted: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Return the mean loss of the tokens; compiled, it needs no second copy of the scores."""
    return functional.cross_entropy(
        scored.float(), wanted, ignore_index=PAD, label_smoothing=smoothing
    )


@dataclass(slots=True)
class _Tally:
    """What happened since the last line of the log; the loss stays on the device until then."""

    loss: torch.Tensor
    updates: int = 0
    left_out: int = 0
    positions: int = 0
    since: float = 0.0


class _Training:
    """One run. ``stop`` may be set from a signal at any time."""

    def __init__(self, config: Config, pack: Pack, run: Path, clock: Clock) -> None:
        self.stop = False
        self._config, self._pack, self._run, self._clock = config, pack, run, clock
        self._log = RunLog(run / LOG)
        self._device = choose_device(config.train)
        torch.manual_seed(config.train.seed)
        self._size = load_pieces(pack.vocabulary).get_piece_size()
        self._model = new_model(config, self._size, pack.lexicon).to(self._device)
        # It is never compiled, and holds whichever weights are to be judged.
        self._judge = Transformer(config.model, self._size).to(self._device).eval()
        self._optimizers = Optimizers.of(self._model, config.train)
        self._averages: dict[str, Average] = {}
        self._assembler = Assembler(pack, self._device)
        self._validation = Validation(pack, self._assembler)
        self._stream = Stream(pack, config, config.train.seed)
        self._criterion: Callable[..., torch.Tensor] = smoothed_loss
        self._updates = self._updates_before = 0
        self._share_of_peak, self._share = 1.0, 0.0
        self._validated = self._saved = 0.0
        self._tally = _Tally(torch.zeros((), device=self._device))

    def start(self, *, go_on: bool) -> None:
        """Load what is to be gone on from, and compile."""
        if go_on:
            found = resume(self._run, self._model, self._optimizers)
            self._updates = self._updates_before = found.updates
            self._share_of_peak = self._config.train.resume_rate if found.origin else 1.0
            # Other chances than before: the first rounds are not to come again.
            seed = self._config.train.seed + found.updates + 1
            self._stream = Stream(self._pack, self._config, seed)
            self._log.write("resumed", origin=found.origin, updates=found.updates)
        options = self._config.train
        self._averages = {
            "late": LateAverage(self._model, options.average_from, options.average_every),
            "exponential": ExponentialAverage(self._model, options.ema_decay),
        }
        if options.compile:
            self._compile(options.compile)
        self._log.write(
            "started",
            device=str(self._device),
            torch=torch.__version__,
            parameters=parameter_count(self._model),
            examples=len(self._pack.sources),
            seconds=self._clock.elapsed,
        )

    def learn_whatever_happens(self) -> None:
        """Make updates; what was learnt before a mistake is worth more than its traceback."""
        try:
            self.learn()
        except Exception as error:
            if not self._updates:
                raise
            self._log.write("learning failed", error=repr(error)[:300])

    def learn(self) -> None:
        """Make updates until the budget is used."""
        self._clock.begin()
        self._tally.since = self._validated = self._saved = self._clock.elapsed
        for plan in self._stream.plans(self._progress):
            progress = self._progress()
            if progress >= 1 or self.stop:
                break
            if self._try_update(plan, progress):
                self._look_after(progress)

    def finish(self, kept: Callable[[], None]) -> dict[str, Any]:
        """Keep the best weights, tell that they are ``kept``, and say how good they are."""
        self._report(1.0)
        save_checkpoint(self._run, self._model, self._optimizers, self._updates)
        candidates = {
            name: state for name, kept in self._averages.items() if (state := kept.state())
        } | {"last": self._state()}
        losses = self._judged(candidates)
        best = min(losses, key=lambda name: losses[name]["mean"], default="last")
        save_weights(self._run / WEIGHTS, candidates[best])
        self._judge.load_state_dict(candidates[best])
        self._tell(best, losses, {})
        kept()
        with arithmetic(self._config.train, self._device):
            written = self._validation.translations(
                self._judge, self._config.train.sample_sentences, lambda: self._clock.over
            )
        result = self._tell(best, losses, written)
        self._log.write("finished", **result)
        return result

    def _tell(
        self, best: str, losses: dict[str, dict[str, float]], written: Translations
    ) -> dict[str, Any]:
        result = {
            "updates": self._updates,
            "seconds": self._clock.elapsed,
            "stopped early": self.stop,
            "kept": best,
            "validation loss": losses,
        }
        return write_result(self._run, result, written)

    def _judged(self, candidates: dict[str, State]) -> dict[str, dict[str, float]]:
        """Return the losses of as many candidates as there is time for."""
        losses = {}
        for name, state in candidates.items():
            if self._clock.over:
                break
            if found := self._validate(state, lambda: self._clock.over):
                losses[name] = found
        return losses

    def _compile(self, backend: str) -> None:
        """Compile the layers, and go without where that fails: slower is better than not at all.

        They are tried on two whole batches, since kernels are made for the sizes that are seen
        first, and on such whose sizes all differ, since equal ones would be taken for the same.
        """
        trials = islice(filter(_unequal, self._stream.one_round(0.0)), 2)
        try:
            compile_layers(self._model, backend)
            self._criterion = torch.compile(smoothed_loss, backend=backend, dynamic=True)
            for trial in trials:
                with arithmetic(self._config.train, self._device):
                    loss = self._loss(self._assembler.batch(trial))
                torch.autograd.backward(loss)
        except Exception as error:  # noqa: BLE001 -- compilers fail in every way.
            uncompile_layers(self._model)
            self._criterion = smoothed_loss
            self._log.write("compiling failed", error=str(error)[:300])
        self._optimizers.zero_grad()
        self._log.write("compiled", backend=backend, seconds=self._clock.elapsed)

    def _progress(self) -> float:
        return self._clock.progress(self._updates - self._updates_before)

    def _try_update(self, plan: Plan, progress: float) -> bool:
        """Make an update. Tell whether it fitted into the memory; the next ones will."""
        try:
            self._update(plan, progress)
        except torch.OutOfMemoryError:
            self._optimizers.zero_grad()
            torch.cuda.empty_cache()
            self._stream.batch_tokens //= 2
            self._log.write("batch halved", batch_tokens=self._stream.batch_tokens)
            if self._stream.batch_tokens < _SMALLEST_BATCH:
                raise
            return False
        return True

    def _update(self, plan: Plan, progress: float) -> None:
        options = self._config.train
        self._share = self._share_of_peak * rate_factor(progress, options.warm_up)
        self._optimizers.set_rate(self._share)
        with arithmetic(options, self._device):
            loss = self._loss(self._assembler.batch(plan))
        torch.autograd.backward(loss)
        norm = torch.nn.utils.clip_grad_norm_(self._model.parameters(), options.clip)
        # One NaN would spread to all weights. Asking for it waits for the device.
        if bool(norm.isfinite()):
            self._optimizers.step()
            self._tally.loss += loss.detach()
        else:
            self._tally.left_out += 1
        self._optimizers.zero_grad()
        self._updates += 1
        for average in self._averages.values():
            average.update(progress, self._updates)
        self._tally.updates += 1
        self._tally.positions += len(plan.examples) * (plan.source_width + plan.target_width)

    def _loss(self, batch: Batch) -> torch.Tensor:
        scored = self._model(batch.source, batch.target_in).flatten(0, 1)
        smoothing = self._config.train.label_smoothing
        return self._criterion(scored, batch.target_out.flatten(), smoothing)

    def _look_after(self, progress: float) -> None:
        """Log, validate and save, each when it is due."""
        options = self._config.train
        if self._updates % options.log_every == 0:
            self._report(progress)
        if self._clock.elapsed - self._validated > options.validate_seconds:
            found = self._validate(self._state(), lambda: self.stop or self._progress() >= 1)
            self._log.write("validated", updates=self._updates, loss=found)
            self._validated = self._clock.elapsed
        if self._clock.elapsed - self._saved > options.checkpoint_seconds:
            save_checkpoint(self._run, self._model, self._optimizers, self._updates)
            self._saved = self._clock.elapsed

    def _report(self, progress: float) -> None:
        tally, now = self._tally, self._clock.elapsed
        if not tally.updates:
            return
        self._log.write(
            "learning",
            updates=self._updates,
            progress=progress,
            loss=float(tally.loss) / max(1, tally.updates - tally.left_out),
            left_out=tally.left_out,
            rate=self._share * self._config.train.peak_rate,
            positions_per_second=tally.positions / max(1e-9, now - tally.since),
            seconds=now,
        )
        self._tally = _Tally(torch.zeros((), device=self._device), since=now)

    def _state(self) -> State:
        return {name: p.detach() for name, p in self._model.named_parameters()}

    def _validate(self, state: State, over: Callable[[], bool]) -> dict[str, float]:
        self._judge.load_state_dict(state)
        with arithmetic(self._config.train, self._device):
            return self._validation.loss(self._judge, over)


def _unequal(plan: Plan) -> bool:
    return len({len(plan.examples), plan.source_width, plan.target_width}) == 3


def new_model(config: Config, pieces: int, lexicon: Numbers) -> Transformer:
    """Return a model that knows nothing but which piece translates which."""
    model = Transformer(config.model, pieces)
    with torch.no_grad():
        model.embeddings.weight.copy_(first_embeddings(model.embeddings.weight, lexicon))
    return model


@contextmanager
def _termination(training: _Training) -> Iterator[None]:
    """End the run in order when the process is asked to end: what is learnt by then is kept."""

    def stop(_: int, __: FrameType | None) -> None:
        training.stop = True

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def write_result(run: Path, result: dict[str, Any], written: Translations) -> dict[str, Any]:
    """Write what was translated, and the result with its scores, which is returned."""
    scored = {**result, "validation scores": scores(written)}
    for name, found in ((TRANSLATIONS, written), (RESULT, scored)):
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        (run / name).write_text(text, encoding="utf-8")
    return scored
