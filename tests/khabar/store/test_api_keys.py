import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from khabar.api_key import DEFAULT_SCOPES, Scope
from khabar.errors import FieldInvalid, KeyExpired, KeyUnknown, RotationRefused, Unauthorized
from khabar.store import schema
from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
SOON = timedelta(seconds=0.2)


@pytest.fixture
async def keys(settings):
    connection = service_connection(settings.store_url)
    yield KeyRing(connection)
    await connection.aclose()


async def test_a_key_is_verified_by_its_token(keys: KeyRing):
    key, token = await keys.create("desk", scopes=[Scope.ADMIN, Scope.READ], rate=5, daily=100)
    verified = await keys.verify(token)
    assert verified.key == key
    assert verified.key.scopes == (Scope.READ, Scope.ADMIN)
    assert verified.seconds_left == float("inf")
    other_id, other_secret = f"kh_{'0' * 16}_{token[-64:]}", f"kh_{key.id}_{'0' * 64}"
    for wrong in ("", "kh_", other_id, other_secret, token + "0", token.upper()):
        with pytest.raises(Unauthorized):
            await keys.verify(wrong)


async def test_secrets_are_not_kept(keys: KeyRing, redis_client):
    key, token = await keys.create("desk")
    assert token[-64:] not in redis_client.hget(schema.API_KEYS, key.id)


async def test_a_record_of_the_first_form_is_still_read(keys: KeyRing, redis_client):
    _, token = await keys.create("desk")
    (kept,) = await keys.list()
    first_form = {
        "id": kept.id,
        "name": "desk",
        "secret_sha256": kept.secrets[0].sha256,
        "created_at": "2026-01-01T00:00:00Z",
        "revoked_at": None,
    }
    redis_client.hset(schema.API_KEYS, kept.id, json.dumps(first_form))
    key = (await keys.verify(token)).key
    assert (key.scopes, key.expires_at) == (DEFAULT_SCOPES, None)
    rotated, newer = await keys.rotate(kept.id, overlap=DAY)
    assert (await keys.verify(token)).key == (await keys.verify(newer)).key == rotated


async def test_a_key_ends_when_it_was_to_end(keys: KeyRing):
    _, token = await keys.create("desk", ends=SOON)
    assert 0 < (await keys.verify(token)).seconds_left <= 0.2
    assert await keys.any_live()
    await asyncio.sleep(0.25)
    with pytest.raises(KeyExpired):
        await keys.verify(token)
    assert not await keys.any_live()


async def test_a_key_cannot_end_before_it_begins(keys: KeyRing):
    for ends in (datetime(2020, 1, 1, tzinfo=UTC), timedelta(0), -DAY):
        with pytest.raises(FieldInvalid):
            await keys.create("desk", ends=ends)
    assert await keys.list() == []


async def test_both_secrets_open_until_the_overlap_is_over(keys: KeyRing):
    key, old = await keys.create("desk")
    rotated, new = await keys.rotate(key.id, overlap=SOON)
    assert rotated.id == key.id
    assert old != new
    assert (await keys.verify(old)).key == (await keys.verify(new)).key == rotated
    await asyncio.sleep(0.25)
    with pytest.raises(KeyExpired):
        await keys.verify(old)
    assert (await keys.verify(new)).key == rotated


async def test_a_key_never_has_more_than_two_good_secrets(keys: KeyRing):
    key, first = await keys.create("desk")
    _, second = await keys.rotate(key.id, overlap=DAY)
    with pytest.raises(RotationRefused, match="two secrets"):
        await keys.rotate(key.id, overlap=DAY)
    assert [bool(await keys.verify(token)) for token in (first, second)] == [True, True]
    _, third = await keys.rotate(key.id, overlap=timedelta(0))
    for ended in (first, second):
        with pytest.raises(Unauthorized):
            await keys.verify(ended)
    assert await keys.verify(third)


async def test_two_who_rotate_at_once_make_one_secret(keys: KeyRing):
    key, _ = await keys.create("desk")
    told = await asyncio.gather(
        *(keys.rotate(key.id, overlap=DAY) for _ in range(8)), return_exceptions=True
    )
    made = [answer for answer in told if not isinstance(answer, BaseException)]
    refused = [answer for answer in told if isinstance(answer, RotationRefused)]
    assert (len(made), len(refused)) == (1, 7)
    assert await keys.verify(made[0][1])


async def test_a_new_secret_lives_as_long_as_the_one_before(keys: KeyRing):
    key, _ = await keys.create("desk", ends=30 * DAY)
    await asyncio.sleep(0.05)
    rotated, _ = await keys.rotate(key.id, overlap=DAY)
    old, new = rotated.secrets
    assert new.expires_at - new.created_at == 30 * DAY
    assert old.expires_at == new.created_at + DAY
    endless, _ = await keys.rotate(key.id, overlap=timedelta(0), ends=None)
    assert endless.expires_at is None


async def test_the_overlap_does_not_prolong_a_secret(keys: KeyRing):
    key, token = await keys.create("desk", ends=SOON)
    rotated, _ = await keys.rotate(key.id, overlap=DAY)
    assert rotated.secrets[0].expires_at == key.expires_at
    await asyncio.sleep(0.25)
    with pytest.raises(KeyExpired):
        await keys.verify(token)


async def test_the_secret_that_is_still_good_stays_though_a_newer_one_has_ended(keys: KeyRing):
    key, first = await keys.create("desk")
    _, second = await keys.rotate(key.id, overlap=DAY, ends=SOON)
    await asyncio.sleep(0.25)
    _, third = await keys.rotate(key.id, overlap=DAY, ends=None)
    assert await keys.verify(first)
    assert await keys.verify(third)
    with pytest.raises(Unauthorized):
        await keys.verify(second)


async def test_a_key_that_has_ended_can_be_renewed(keys: KeyRing):
    key, old = await keys.create("desk", ends=SOON)
    await asyncio.sleep(0.25)
    _, new = await keys.rotate(key.id, overlap=DAY, ends=DAY)
    assert (await keys.verify(new)).key.id == key.id
    with pytest.raises(KeyExpired):
        await keys.verify(old)


async def test_a_revoked_key_stays_revoked(keys: KeyRing):
    key, token = await keys.create("desk")
    revoked = await keys.revoke(key.id)
    assert (await keys.revoke(key.id)).revoked_at == revoked.revoked_at
    with pytest.raises(Unauthorized):
        await keys.verify(token)
    with pytest.raises(RotationRefused, match="revoked"):
        await keys.rotate(key.id, overlap=timedelta(0))


async def test_unknown_ids_are_told(keys: KeyRing):
    with pytest.raises(KeyUnknown):
        await keys.revoke("0" * 16)
    with pytest.raises(KeyUnknown):
        await keys.rotate("0" * 16, overlap=DAY)
