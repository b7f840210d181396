import pytest

from khabar.errors import CallbackRefused
from khabar.settings import Settings
from khabar.webhooks.callback import MOST_CHARACTERS, Callback
from khabar.webhooks.policy import Policy
from tests.khabar.webhooks.hostile import AT_SENDING, AT_SUBMIT

STRICT = Policy.of(Settings(_env_file=None))


def policy(**changes: object) -> Policy:
    return Policy.of(Settings(**changes))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("https://desk.example", "https://desk.example/"),
        ("HTTPS://Desk.Example:443/a?b=c", "https://desk.example/a?b=c"),
        ("https://desk.example:80/", "https://desk.example:80/"),
        ("https://desk.example?x=1", "https://desk.example/?x=1"),
        ("https://desk.example/a/../b//c;d=%D0%B0", "https://desk.example/a/../b//c;d=%D0%B0"),
        ("https://пример.рф/x", "https://xn--e1afmkfd.xn--p1ai/x"),
        ("https://93.184.216.34/", "https://93.184.216.34/"),
        ("https://[2A00:1450:4001:81b::200e]/", "https://[2a00:1450:4001:81b::200e]/"),
        ("https://1password.example/", "https://1password.example/"),
    ],
)
def test_a_url_is_written_in_one_way(given: str, written: str):
    callback = Callback.parse(given, STRICT)
    assert callback.url == written
    assert Callback.parse(written, STRICT) == callback


@pytest.mark.parametrize("url", AT_SUBMIT)
def test_what_leads_inside_or_can_be_read_in_two_ways_is_refused(url: str):
    with pytest.raises(CallbackRefused) as refusal:
        Callback.parse(url, STRICT)
    record = refusal.value.record()
    assert record.field == "callback_url"
    assert record.message.startswith("This URL cannot be called back. ")
    assert len(url) < 10 or url not in record.model_dump_json()


@pytest.mark.parametrize("url", AT_SENDING)
def test_what_only_the_dns_tells_is_not_refused_yet(url: str):
    assert Callback.parse(url, STRICT).url == url


def test_the_error_tells_the_limit_and_what_was_given():
    with pytest.raises(CallbackRefused) as refusal:
        Callback.parse("https://desk.example/" + "a" * MOST_CHARACTERS, STRICT)
    assert (refusal.value.limit, refusal.value.given) == (MOST_CHARACTERS, MOST_CHARACTERS + 21)
    with pytest.raises(CallbackRefused) as refusal:
        Callback.parse("https://desk.example:8443/", STRICT)
    assert (refusal.value.limit, refusal.value.given) == ("80, 443", 8443)


def test_settings_allow_more():
    assert Callback.parse("http://desk.example/", policy(webhook_plain_http=True)).port == 80
    assert Callback.parse("https://desk.example:8443/", policy(webhook_ports="8443")).port == 8443
    inside = policy(webhook_allowed_networks="10.1.0.0/16, ::1/128")
    assert Callback.parse("https://10.1.2.3/", inside).host == "10.1.2.3"
    assert Callback.parse("https://[::1]/", inside).authority == "[::1]"
    assert Callback.parse("https://newsroom/", inside).host == "newsroom"
    with pytest.raises(CallbackRefused):
        Callback.parse("https://10.2.0.1/", inside)
    with pytest.raises(CallbackRefused):
        Callback.parse("https://[::ffff:10.1.2.3]/", inside)


def test_the_endpoint_is_the_host_and_the_port():
    assert Callback.parse("https://desk.example/a", STRICT).endpoint == "desk.example:443"
