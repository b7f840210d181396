"""How the broker is reached. tests/docker/test_production.py meets a wrong certificate."""

import ssl

import pytest

from khabar.queues import celery_app
from khabar.settings import Settings


@pytest.mark.parametrize(
    ("broker_url", "tls"),
    [
        ("rediss://redis/0", {"ssl_cert_reqs": ssl.CERT_REQUIRED}),
        ("rediss://redis/0?ssl_ca_certs=/ca.crt", {"ssl_ca_certs": "/ca.crt"}),
        ("redis://redis/0", False),
        ("amqp://rabbit//", False),
    ],
)
def test_the_certificate_of_a_broker_is_checked(broker_url: str, tls: object):
    with celery_app(Settings(broker_url=broker_url)).connection_for_write() as connection:
        assert (connection.ssl or False) == tls
