import time

import pytest

from khabar.settings import Settings
from khabar.store.intake import Intake
from khabar.store.ledger import Beat, Ledger
from tests.khabar.store.builders import submission, wanted
from workers.leases import Abandoned, LeaseKeeper

pytestmark = pytest.mark.anyio


async def test_a_lease_is_kept_as_long_as_the_block_runs(
    intake: Intake, ledger: Ledger, settings: Settings
):
    await intake.submit(submission("j1"))
    keeper = LeaseKeeper(ledger, settings.lease_seconds)
    keeper.start()
    claim = ledger.claim(wanted()[0].id, "me")
    assert claim is not None
    with keeper.keeping(claim) as lease:
        time.sleep(1.5 * settings.lease_seconds)
        assert ledger.claim(claim.id, "other") is None
        lease.check()
    keeper.stop()


async def test_a_lost_lease_is_noticed(intake: Intake, ledger: Ledger, settings: Settings):
    await intake.submit(submission("j1"))
    claim = ledger.claim(wanted()[0].id, "me")
    assert claim is not None
    time.sleep(settings.lease_seconds + 0.1)
    assert ledger.claim(claim.id, "other") is not None
    keeper = LeaseKeeper(ledger, settings.lease_seconds)
    keeper.start()
    with keeper.keeping(claim) as lease:
        time.sleep(settings.lease_seconds / 2)
        with pytest.raises(Abandoned) as abandoned:
            lease.check()
    assert abandoned.value.beat is Beat.LOST
    keeper.stop()


async def test_stopping_gives_back_what_is_held(intake: Intake, ledger: Ledger, settings: Settings):
    await intake.submit(submission("j1"))
    claim = ledger.claim(wanted()[0].id, "me")
    assert claim is not None
    keeper = LeaseKeeper(ledger, settings.lease_seconds)
    keeper.start()
    with keeper.keeping(claim):
        keeper.stop()
        taken = ledger.claim(claim.id, "other")
    assert taken is not None
    assert taken.attempt == 1, "work given back spends no attempt"


async def test_a_mistake_about_one_lease_lets_go_of_no_other(
    intake: Intake, ledger: Ledger, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    await intake.submit(submission("j1"))
    await intake.submit(submission("j2", article="b" * 64))
    bad, good = (
        ledger.claim(wanted("en", article)[0].id, article) for article in ("a" * 64, "b" * 64)
    )
    assert bad is not None
    assert good is not None
    beat = ledger.beat

    def beating(claim):
        if claim is bad:
            raise ZeroDivisionError
        return beat(claim)

    monkeypatch.setattr(ledger, "beat", beating)
    keeper = LeaseKeeper(ledger, settings.lease_seconds)
    keeper.start()
    with keeper.keeping(bad), keeper.keeping(good) as lease:
        time.sleep(1.5 * settings.lease_seconds)
        assert ledger.claim(good.id, "other") is None
        lease.check()
    keeper.stop()
