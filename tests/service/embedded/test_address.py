import socket

import pytest

from service.embedded.address import PortTaken, free_port, url_of


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 -- only compared with.
        ("::", "http://[::1]:80"),
        ("desk.example", "http://desk.example:80"),
    ],
)
def test_this_machine_reaches_the_service(host: str, url: str):
    assert url_of(host, 80) == url


def test_a_port_is_kept_if_it_is_free_and_refused_if_it_is_not():
    port = free_port("127.0.0.1", 0)
    assert port > 0
    assert free_port("127.0.0.1", port) == port
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortTaken) as refused:
        free_port("127.0.0.1", port)
    assert (refused.value.field, refused.value.given) == ("port", port)
