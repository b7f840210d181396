from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from khabar.settings import Settings
from khabar.webhooks.chosen import read_networks, read_ports, read_schedule


def test_lists_are_read():
    assert read_ports("443, 80") == {443, 80}
    assert read_networks("10.0.0.0/8,fd00::/8") == (
        ip_network("10.0.0.0/8"),
        ip_network("fd00::/8"),
    )
    assert read_networks(None) == ()
    assert read_schedule("5,0.5") == (5.0, 0.5)


def test_the_schedule_as_shipped_is_that_of_standard_webhooks():
    minutes = [pause / 60 for pause in read_schedule(Settings().webhook_retry_seconds)]
    assert minutes == pytest.approx([1 / 12, 5, 30, 120, 300, 600, 840, 1200, 1440])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("webhook_ports", value) for value in ("", "0", "65536", "443;80", "https", "-1")),
        *(("webhook_allowed_networks", value) for value in ("10.0.0.1/8", "desk.example", "10/33")),
        *(("webhook_retry_seconds", value) for value in ("", "5,x", "-1", "inf", "nan", "1e9")),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_at_the_start(name: str, value: str):
    with pytest.raises(ValidationError, match="it must list"):
        Settings(**{name: value})
