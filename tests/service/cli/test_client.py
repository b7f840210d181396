from collections.abc import Callable

import httpx
import pytest

from khabar.errors import ErrorRecord
from khabar.languages import Language
from service.cli.client import Client, RefusedByService, ServiceUnreachable
from tests.service.cli.answers import ARTICLE_HASH, done, job, summary

Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer, key: str | None = None) -> Client:
    return Client("http://desk.example", key, transport=httpx.MockTransport(answer))


def test_a_job_is_read_although_what_is_null_is_left_out():
    sent = job(en=done())

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/v1/jobs")
        assert request.headers["authorization"] == "Bearer kh_x"
        assert request.read() == b'{"text":"a"}'
        return httpx.Response(202, text=sent.model_dump_json(exclude_none=True))

    assert client(answer, "kh_x").submit({"text": "a"}).model_dump() == sent.model_dump()


def test_the_choice_of_length_is_sent():
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/v1/summaries/{ARTICLE_HASH}/ar"
        assert dict(request.url.params) == {"length": "long"}
        return httpx.Response(200, text=summary(Language.ARABIC).model_dump_json())

    found = client(answer).summary(ARTICLE_HASH, Language.ARABIC, {"length": "long"})
    assert found == summary(Language.ARABIC)


def test_events_are_yielded():
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="event: end\ndata: {}\n\n")

    assert [event.type for event in client(answer).events("1")] == ["end"]


def test_an_error_keeps_the_code_and_the_facts_of_the_service():
    problem = {
        "type": "urn:khabar:problem:too_large",
        "title": "Content Too Large",
        "status": 413,
        "detail": "The article is too large.",
        "code": "too_large",
        "field": "text",
        "limit": 5,
        "given": 6,
        "hint": "Send less.",
    }
    with pytest.raises(RefusedByService) as refused:
        client(lambda _: httpx.Response(413, json=problem)).submit({})
    assert refused.value.record() == ErrorRecord(
        code="too_large",
        message="The article is too large.",
        field="text",
        limit=5,
        given=6,
        hint="Send less.",
    )


@pytest.mark.parametrize(
    "answer", [httpx.Response(502, text="<h1>Bad Gateway</h1>"), httpx.Response(200, json={})]
)
def test_what_is_not_khabar_is_told_from_it(answer: httpx.Response):
    with pytest.raises(ServiceUnreachable, match="not a Khabar service"):
        client(lambda _: answer).job("1")


def test_a_service_that_is_not_there_is_told():
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(ServiceUnreachable, match=r"http://desk\.example does not answer"):
        client(answer).job("1")
    with pytest.raises(ServiceUnreachable, match="does not answer"):
        list(client(answer).events("1"))


@pytest.mark.parametrize("url", ["desk.example:8000", "http://[", "ftp://desk.example"])
def test_an_address_that_is_none_is_told(url: str):
    with pytest.raises(ServiceUnreachable):
        Client(url).job("1")
