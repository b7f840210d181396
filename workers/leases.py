"""Keeps the leases of this process alive, from one thread."""

import contextlib
import threading
from collections.abc import Iterator

import structlog
from redis import exceptions

from khabar.store.ledger import Beat, Claim, Ledger

_log = structlog.get_logger(__name__)


class Abandoned(Exception):
    """The lease is lost, unwanted or past its deadline: stop the work."""

    def __init__(self, beat: Beat) -> None:
        super().__init__(str(beat))
        self.beat = beat


class Lease:
    """One claim that is being kept."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.state = Beat.KEPT

    def check(self) -> None:
        """Raise Abandoned if the claim is no longer ours to work on."""
        if self.state is not Beat.KEPT:
            raise Abandoned(self.state)


class LeaseKeeper:
    """Beats every third of a lease for all that this process holds.

    A beat that cannot reach the store is made again at the next turn; if that takes longer than the
    lease, another worker may take over, and the store then refuses what this one finishes.
    """

    def __init__(self, ledger: Ledger, lease_seconds: float) -> None:
        self._ledger = ledger
        self._pause = lease_seconds / 3
        self._held: dict[str, Lease] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease-keeper", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and give back what is still held, so that others need not wait."""
        self._stopping.set()
        self._thread.join(self._pause + 1)
        for lease in self._leases():
            lease.state = Beat.LOST
            with contextlib.suppress(exceptions.RedisError):
                self._ledger.release(lease.claim, 0, None)

    @contextlib.contextmanager
    def keeping(self, claim: Claim) -> Iterator[Lease]:
        """Keep a claim alive for the length of the block."""
        lease = Lease(claim)
        with self._lock:
            self._held[claim.owner] = lease
        try:
            yield lease
        finally:
            with self._lock:
                del self._held[claim.owner]

    def _leases(self) -> list[Lease]:
        with self._lock:
            return list(self._held.values())

    def _run(self) -> None:
        while not self._stopping.wait(self._pause):
            for lease in self._leases():
                if lease.state is Beat.KEPT:
                    self._beat(lease)

    def _beat(self, lease: Lease) -> None:
        try:
            lease.state = self._ledger.beat(lease.claim)
        except exceptions.RedisError as error:
            _log.warning("beat missed", computation=lease.claim.id, reason=type(error).__name__)
        except Exception:  # noqa: BLE001 -- the thread has to go on.
            # A mistake of ours about one lease must not let go of all the others.
            _log.exception("beat failed", computation=lease.claim.id)
