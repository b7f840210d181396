from ipaddress import ip_address, ip_network

import pytest

from khabar.webhooks.addresses import may_reach


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.8",
        "93.184.216.34",
        "100.63.255.255",
        "100.128.0.0",
        "172.32.0.1",
        "223.255.255.254",
        "2a00:1450:4001:81b::200e",
        "2606:2800:220:1::1",
        "2001:4860:4860::8888",
        "64:ff9b::8.8.8.8",
    ],
)
def test_public_addresses_may_be_reached(text: str):
    assert may_reach(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *["0.1.2.3", "10.0.0.1", "100.64.0.1", "127.255.255.254", "169.254.169.254"],
        *["172.31.255.255", "192.0.0.9", "192.0.2.1", "192.88.99.1", "192.168.0.1"],
        *["198.19.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "255.255.255.255"],
        *["::", "::1", "::2", "::ffff:8.8.8.8", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8"],
        *["100::1", "2001::1", "2001:db8::1", "2002:808:808::1", "3fff::1", "4000::1"],
        *["5f00::1", "fc00::1", "fe80::1", "fec0::1", "ff0e::1", "2a00::5efe:8.8.8.8"],
        "2a00:1450:4001:81b::200e%eth0",
    ],
)
def test_all_others_may_not(text: str):
    assert not may_reach(ip_address(text))


def test_a_network_that_is_listed_may_be_reached_and_no_other():
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd12::/64"))
    assert may_reach(ip_address("10.1.255.1"), allowed)
    assert may_reach(ip_address("fd12::7"), allowed)
    assert not may_reach(ip_address("10.2.0.1"), allowed)
    assert not may_reach(ip_address("::ffff:10.1.0.1"), allowed)
    assert not may_reach(ip_address("64:ff9b::10.1.0.1"), allowed)
