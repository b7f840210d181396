import base64
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from khabar.webhooks.signature import new_secret, signatures

BODY = b'{"type":"job.done"}'


def headers(live: tuple[str, ...], at: int) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": signatures(live, "msg_1", at, BODY),
    }


def test_the_library_of_the_specification_accepts_what_was_signed():
    secret = new_secret()
    assert Webhook(secret).verify(BODY, headers((secret,), int(time.time()))) == {
        "type": "job.done"
    }


def test_a_signature_that_was_computed_elsewhere():
    # printf 'msg_1.1700000000.{}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf
    # keykeykeykeykeykeykeykey | xxd -p) -binary | base64
    secret = "whsec_" + base64.b64encode(b"key" * 8).decode()
    expected = "v1,nLdrWQJPeyVf5HJZBEm2Pv/bKvi2cbsVl686fISwjwg="
    assert signatures((secret,), "msg_1", 1_700_000_000, b"{}") == expected


def test_each_live_secret_signs():
    old, new = new_secret(), new_secret()
    sent = headers((new, old), int(time.time()))
    assert Webhook(old).verify(BODY, sent) == Webhook(new).verify(BODY, sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, sent)


def test_another_body_id_or_time_is_not_what_was_signed():
    secret, at = new_secret(), int(time.time())
    sent = headers((secret,), at)
    for changed in ({"webhook-id": "msg_2"}, {"webhook-timestamp": str(at - 1)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(BODY, sent | changed)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", sent)


def test_a_secret_has_256_bits():
    assert len(base64.b64decode(new_secret().removeprefix("whsec_"))) == 32
    assert new_secret() != new_secret()
