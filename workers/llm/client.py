"""The chat endpoint of an OpenAI-compatible server: vLLM, llama.cpp, Ollama and their kin.

What a server may cost is bounded in every direction: the time of an answer, its size, the number of
tries, and the pauses between them. Neither the key nor a word of an answer gets into an error.
"""

import email.utils
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from khabar.errors import EngineFailed, ModelMissing
from workers.llm.chat import Completion, Message, Schema

# RFC 9110: too early or too much (408, 425, 429), or a fault of the server that may pass.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
# What servers say to a response format they do not know. It may mean something else as well, so
# the request is repeated with a simpler one, at most twice.
_NOT_UNDERSTOOD = frozenset({400, 415, 422, 501})
_KEY_REFUSED = frozenset({401, 403})
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is. ``url`` ends in its version, as ``http://127.0.0.1:8080/v1``.

    ``model`` is the name the server knows the model by; None takes the only one it serves.
    """

    url: str
    key: SecretStr
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """The bounds of one answer, all tries together. Times are seconds, sizes bytes."""

    connect_seconds: float = 5.0
    answer_seconds: float = 120.0
    answer_bytes: int = 1_048_576
    tries: int = 3
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 20.0


class _ReplyMessage(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _ReplyMessage
    finish_reason: str | None = None


class _Reply(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class _ServedModel(BaseModel):
    id: str


class _ServedModels(BaseModel):
    data: list[_ServedModel]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    content: bytes


def _json_schema(schema: Schema) -> dict[str, Any]:
    described = {"name": "answer", "schema": dict(schema), "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def _json_object(_: Schema) -> dict[str, Any]:
    return {"response_format": {"type": "json_object"}}


def _unforced(_: Schema) -> dict[str, Any]:
    return {}


_FORMATS: tuple[Callable[[Schema], dict[str, Any]], ...] = (_json_schema, _json_object, _unforced)


class ChatClient:
    """One server. Safe to use from several threads.

    Every method raises EngineFailed, and ModelMissing where the server has not got the model.
    """

    def __init__(
        self,
        server: Server,
        patience: Patience | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._server = server
        self._patience = patience or Patience()
        self._sleep = sleep
        self._model = server.model
        self._asking_for_model = threading.Lock()
        self._simplest_needed = 0
        self._http = _http_client(server, transport)

    def complete(
        self,
        messages: Sequence[Message],
        schema: Schema,
        *,
        max_tokens: int,
        frequency_penalty: float = 0.0,
    ) -> Completion:
        """Return the model's answer, which ``schema`` describes in JSON Schema.

        A server that cannot force the schema is asked for any JSON object, and failing that for
        text: the caller has to check what comes in any case.
        """
        deadline = time.monotonic() + self._patience.answer_seconds
        body: dict[str, Any] = {
            "model": self._model_name(deadline),
            "messages": [dict(message) for message in messages],
            "max_tokens": max_tokens,
            "temperature": 0,
            "seed": 0,
            "stream": False,
        }
        if frequency_penalty:
            body["frequency_penalty"] = frequency_penalty
        return _completion(self._in_some_format(body, schema, deadline))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _in_some_format(self, body: Mapping[str, Any], schema: Schema, deadline: float) -> _Answer:
        for rank, response_format in enumerate(_FORMATS):
            if rank < self._simplest_needed:
                continue
            answer = self._ask(
                "POST", "chat/completions", deadline, {**body, **response_format(schema)}
            )
            if answer.status not in _NOT_UNDERSTOOD:
                self._simplest_needed = rank
                return _accepted(answer)
        return _accepted(answer)

    def _model_name(self, deadline: float) -> str:
        with self._asking_for_model:
            if self._model is None:
                self._model = _only_model(_accepted(self._ask("GET", "models", deadline)))
            return self._model

    def _ask(
        self, method: str, path: str, deadline: float, body: Mapping[str, Any] | None = None
    ) -> _Answer:
        for tries_left in reversed(range(self._patience.tries)):
            try:
                answer = self._exchange(method, path, deadline, body)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.RemoteProtocolError) as error:
                if not tries_left:
                    raise EngineFailed(
                        "The language model's server does not answer.",
                        hint="Check that it runs, and KHABAR_OPENAI_URL.",
                    ) from error
                answer = None
            except httpx.TimeoutException as error:
                raise self._too_slow() from error
            except httpx.HTTPError as error:
                raise EngineFailed(
                    f"The exchange with the language model's server broke: {type(error).__name__}."
                ) from error
            if answer is not None and (answer.status not in _PASSING or not tries_left):
                return answer
            self._pause(self._patience.tries - 1 - tries_left, answer, deadline)
        raise AssertionError("The last try returns or raises.")

    def _exchange(
        self, method: str, path: str, deadline: float, body: Mapping[str, Any] | None
    ) -> _Answer:
        left = max(0.01, deadline - time.monotonic())
        timeout = httpx.Timeout(left, connect=min(left, self._patience.connect_seconds))
        content = bytearray()
        with self._http.stream(method, path, json=body, timeout=timeout) as response:
            # A read that brings a byte in time is no timeout, so the whole has a clock of its own.
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > self._patience.answer_bytes:
                    raise EngineFailed(
                        "The language model's server sent more than an answer may hold.",
                        limit=self._patience.answer_bytes,
                    )
                if time.monotonic() > deadline:
                    raise self._too_slow()
            return _Answer(response.status_code, response.headers, bytes(content))

    def _pause(self, tries_before: int, answer: _Answer | None, deadline: float) -> None:
        """Wait before the next try, as long as the server asks for or twice as long each time."""
        asked = _retry_after(answer.headers) if answer else None
        pause = self._patience.first_pause_seconds * 2**tries_before if asked is None else asked
        if pause > self._patience.longest_pause_seconds or time.monotonic() + pause > deadline:
            raise EngineFailed(
                "The language model's server is too busy.",
                limit=self._patience.longest_pause_seconds,
                given=round(pause, 3),
            )
        self._sleep(pause)

    def _too_slow(self) -> EngineFailed:
        return EngineFailed(
            "The language model's server took too long.", limit=self._patience.answer_seconds
        )


def _http_client(server: Server, transport: httpx.BaseTransport | None) -> httpx.Client:
    try:
        url = httpx.URL(server.url)
    except httpx.InvalidURL as error:
        raise EngineFailed("KHABAR_OPENAI_URL is not a URL.", field="openai_url") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise EngineFailed("KHABAR_OPENAI_URL is not the URL of a server.", field="openai_url")
    key = server.key.get_secret_value()
    headers = {"Accept-Encoding": "identity"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    # A proxy from the environment cannot reach this machine's own loopback.
    return httpx.Client(
        base_url=url, headers=headers, trust_env=not _is_loopback(url.host), transport=transport
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _accepted(answer: _Answer) -> _Answer:
    """Return an answer that says yes. Raises EngineFailed and ModelMissing for others."""
    if httpx.codes.is_success(answer.status):
        return answer
    if answer.status == _NOT_FOUND:
        raise ModelMissing(
            "The language model's server has not got the model, or no chat endpoint.",
            given=answer.status,
            hint="Check the name of the model in the recipe, and that KHABAR_OPENAI_URL ends in "
            "/v1 or what the server has instead.",
        )
    hint = "Check KHABAR_OPENAI_KEY." if answer.status in _KEY_REFUSED else None
    raise EngineFailed(
        f"The language model's server answered with HTTP {answer.status}.", hint=hint
    )


def _completion(answer: _Answer) -> Completion:
    try:
        choice = _Reply.model_validate_json(answer.content).choices[0]
    except ValidationError as error:
        raise _not_compatible() from error
    return Completion(choice.message.content or "", choice.finish_reason != "length")


def _only_model(answer: _Answer) -> str:
    try:
        models = _ServedModels.model_validate_json(answer.content).data
    except ValidationError as error:
        raise _not_compatible() from error
    if len(models) != 1:
        raise ModelMissing(
            "The recipe names no model, and the server does not serve exactly one.",
            limit=1,
            given=len(models),
            hint="Say in the recipe which one is meant.",
        )
    return models[0].id


def _not_compatible() -> EngineFailed:
    return EngineFailed(
        "What answers is not an OpenAI-compatible server.", hint="Check KHABAR_OPENAI_URL."
    )


def _retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds that Retry-After asks for, given as such or as a date (RFC 9110)."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
