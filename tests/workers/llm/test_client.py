import json
import logging
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from pydantic import SecretStr

from khabar.errors import EngineFailed, KhabarError, ModelMissing
from tests.workers.llm.loopback import serving
from tests.workers.llm.program import reply
from workers.llm.chat import Completion
from workers.llm.client import ChatClient, Patience, Server

MESSAGES = [{"role": "system", "content": "Rules."}, {"role": "user", "content": "A task."}]
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
KEY = "sk-very-secret"
pytestmark = pytest.mark.timeout(60)


def good(handler):
    handler.send_json(200, reply('{"a": "b"}'))


def failing(status, headers=None, body="no"):
    return lambda handler: handler.send_json(status, {"error": body}, headers)


def ask(server, *, key="", model="one", sleeps=None, **patience):
    pauses = [] if sleeps is None else sleeps
    client = ChatClient(
        Server(server.url, SecretStr(key), model), Patience(**patience), sleep=pauses.append
    )
    try:
        return client.complete(MESSAGES, SCHEMA, max_tokens=50)
    finally:
        client.close()


def test_a_request_says_what_the_api_wants():
    with serving(good) as server:
        assert ask(server, key=KEY) == Completion('{"a": "b"}', whole=True)
        (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == "one"
    assert request.body["messages"] == MESSAGES
    assert request.body["max_tokens"] == 50
    assert request.body["temperature"] == 0
    assert request.body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert "frequency_penalty" not in request.body


def test_without_a_key_none_is_sent():
    with serving(good) as server:
        ask(server)
        assert "Authorization" not in server.requests[0].headers


def test_a_cut_answer_is_told():
    with serving(lambda handler: handler.send_json(200, reply("{", "length"))) as server:
        assert ask(server) == Completion("{", whole=False)


@pytest.mark.parametrize("refusals", [1, 2])
def test_a_server_that_knows_no_schema_is_asked_more_simply_and_remembered(refusals):
    with serving(*[failing(400)] * refusals, good) as server:
        client = ChatClient(Server(server.url, SecretStr(""), "one"))
        for _ in range(2):
            assert client.complete(MESSAGES, SCHEMA, max_tokens=9).whole
        client.close()
        formats = [
            request.body.get("response_format", {}).get("type") for request in server.requests
        ]
    assert formats == [*["json_schema", "json_object", None][: refusals + 1], formats[-1]]
    assert len(formats) == refusals + 2


def test_a_request_that_no_format_mends_is_a_failure():
    with serving(failing(400)) as server:
        with pytest.raises(EngineFailed, match="HTTP 400"):
            ask(server)
        assert len(server.requests) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_tried_again_with_longer_pauses(status):
    sleeps: list[float] = []
    with serving(failing(status), failing(status), good) as server:
        assert ask(server, sleeps=sleeps).whole
    assert sleeps == [0.5, 1.0]


def test_tries_are_bounded():
    with serving(failing(500)) as server:
        with pytest.raises(EngineFailed, match="HTTP 500"):
            ask(server)
        assert len(server.requests) == 3


def test_the_server_says_how_long_to_wait():
    sleeps: list[float] = []
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=10))
    with serving(
        failing(429, {"Retry-After": "7"}), failing(429, {"Retry-After": later}), good
    ) as server:
        ask(server, sleeps=sleeps)
    assert sleeps[0] == 7
    assert 7 < sleeps[1] <= 10


@pytest.mark.parametrize("patience", [{"longest_pause_seconds": 5}, {"answer_seconds": 5}])
def test_a_pause_that_is_too_long_is_not_made(patience):
    sleeps: list[float] = []
    with (
        serving(failing(429, {"Retry-After": "7"})) as server,
        pytest.raises(EngineFailed, match="too busy"),
    ):
        ask(server, sleeps=sleeps, **patience)
    assert sleeps == []


@pytest.mark.parametrize("value", ["soon", "-1", ""])
def test_a_pause_that_is_none_is_not_believed(value):
    sleeps: list[float] = []
    with serving(failing(429, {"Retry-After": value}), good) as server:
        ask(server, sleeps=sleeps)
    assert sleeps == [0.5]


def test_a_server_that_hangs_is_given_up():
    with serving(lambda handler: handler.server.ending.wait(20)) as server:
        start = time.monotonic()
        with pytest.raises(EngineFailed, match="took too long"):
            ask(server, answer_seconds=0.3)
        assert time.monotonic() - start < 5
        assert len(server.requests) == 1


def test_a_server_that_drips_is_given_up():
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        while not handler.server.ending.wait(0.05):
            handler.wfile.write(b" ")

    with serving(drip) as server:
        start = time.monotonic()
        with pytest.raises(EngineFailed, match="took too long"):
            ask(server, answer_seconds=0.4)
        assert time.monotonic() - start < 5


def test_an_answer_without_end_is_broken_off():
    def flood(handler):
        handler.send_response(200)
        handler.end_headers()
        while not handler.server.ending.is_set():
            handler.wfile.write(b" " * 65_536)

    with serving(flood) as server, pytest.raises(EngineFailed, match="more than") as caught:
        ask(server, answer_bytes=100_000)
    assert caught.value.limit == 100_000


def test_a_connection_that_breaks_is_tried_again():
    def break_off(handler):
        handler.close_connection = True

    with serving(break_off, good) as server:
        assert ask(server).whole


def test_no_server_at_all_is_told():
    with serving(good) as server:
        pass
    with pytest.raises(EngineFailed, match="does not answer") as caught:
        ask(server)
    assert "KHABAR_OPENAI_URL" in caught.value.hint


@pytest.mark.parametrize("body", ["<html>", '{"choices": []}', '{"choices": [{}]}', "[]", "\xff"])
def test_what_is_no_such_server_is_told(body):
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body.encode("latin-1")))
    client = ChatClient(Server("http://llm.test/v1", SecretStr(""), "one"), transport=transport)
    with pytest.raises(EngineFailed, match="not an OpenAI-compatible server"):
        client.complete(MESSAGES, SCHEMA, max_tokens=9)
    client.close()


@pytest.mark.parametrize(
    ("status", "kind", "hint"),
    [(401, EngineFailed, "KHABAR_OPENAI_KEY"), (404, ModelMissing, "name of the model")],
)
def test_a_refusal_says_what_to_do(status, kind, hint):
    with serving(failing(status)) as server, pytest.raises(kind) as caught:
        ask(server)
    assert hint in caught.value.hint


def test_the_only_model_is_found_once():
    with serving(good, models=("served/model:8b",)) as server:
        client = ChatClient(Server(server.url, SecretStr("")))
        for _ in range(2):
            client.complete(MESSAGES, SCHEMA, max_tokens=9)
        client.close()
        assert [request.command for request in server.requests] == ["GET", "POST", "POST"]
        assert server.requests[1].body["model"] == "served/model:8b"


@pytest.mark.parametrize("models", [(), ("one", "two")])
def test_a_model_must_be_named_where_there_is_a_choice(models):
    with serving(good, models=models) as server, pytest.raises(ModelMissing, match="exactly one"):
        ask(server, model=None)


def test_a_proxy_in_the_environment_does_not_come_between(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
    with serving(good) as server:
        assert ask(server).whole


def test_a_redirect_is_not_followed():
    with serving(failing(307, {"Location": "http://127.0.0.1:1/"})) as server:
        with pytest.raises(EngineFailed, match="HTTP 307"):
            ask(server, key=KEY)
        assert len(server.requests) == 1


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://one/v1", "http://", "http://[::1/v1"])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(EngineFailed, match="URL"):
        ChatClient(Server(url, SecretStr(KEY), "one"))


def test_neither_the_key_nor_the_text_is_shown(caplog):
    echo = failing(500, body=f"bad key {KEY} for A task.")
    with caplog.at_level(logging.DEBUG), serving(echo) as server:
        with pytest.raises(KhabarError) as caught:
            ask(server, key=KEY)
        shown = [caplog.text, json.dumps(caught.value.record().model_dump())]
    client = ChatClient(Server("http://llm.test/v1", SecretStr(KEY), "one"))
    shown += [repr(client.__dict__), repr(client._http.headers)]
    client.close()
    for text in shown:
        assert KEY not in text
        assert "A task." not in text
