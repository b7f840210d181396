"""compose.production.yaml for real: TLS, the users of Redis and the proxy, on this machine."""

import contextlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import redis
from kombu.exceptions import OperationalError

from khabar.queues import celery_app
from khabar.settings import Settings
from khabar.store import outbox_schema, schema
from tests.docker.production import (
    BASE,
    DOCKER,
    MAY_CONFINE,
    PRODUCTION,
    SYSTEM_PATH,
    Production,
    lacking,
)

pytestmark = pytest.mark.skipif(lacking() is not None, reason=str(lacking()))

RECIPE = """
name = "fake"
description = "The extractive summarizer, and a translator that costs next to nothing."
summarizer = {kind = "extractive"}

[[models]]
id = "fake"
revision = "1"
licence = "none"
engine = "fake"
pairs = [["en", "ru"], ["en", "ar"]]
"""
SLOW_SECONDS = 1
"""What the proxy's patience for headers and bodies is in these tests."""


def story(number: int, **changes: object) -> dict[str, object]:
    text = f"Officials opened library number {number} in the port on Friday. It holds 40,000 books."
    return {"text": text, "recipe": "fake", **changes}


@pytest.fixture(scope="module")
def redis_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    production = Production(tmp_path_factory.mktemp("production"))
    try:
        production.start_redis()
        yield production
    finally:
        production.close()


@pytest.fixture(scope="module")
def token(redis_only: Production) -> str:
    recipes = redis_only.folder / "recipes"
    recipes.mkdir()
    (recipes / "fake.toml").write_text(RECIPE, "utf-8")
    made = redis_only.khabar("service", "keys", "create", "desk")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture(scope="module")
def whole(redis_only: Production, token: str) -> Production:
    """Every service of the compose files, started as there."""
    for part in ("service", "summarise", "translate"):
        _start(redis_only, part)
    redis_only.until_healthy("service", "health")
    redis_only.until_healthy("summarise", "health", "--worker")
    redis_only.start_proxy()
    until = time.monotonic() + 60
    with client(redis_only, token) as http:
        while not all(http.get("/readyz").json()["stages"].values()):
            assert time.monotonic() < until
            time.sleep(0.1)
    return redis_only


def _start(production: Production, part: str) -> None:
    command = BASE["services"][part].get("command", ["khabar", "api"])
    assert command[0] == "khabar"
    production.start(part, *command[1:])


def client(production: Production, token: str | None) -> httpx.Client:
    """Return a client that comes by way of the proxy and trusts the authority of the secrets."""
    return httpx.Client(
        base_url=f"https://localhost:{production.proxy_port}",
        headers={"Authorization": f"Bearer {token}"} if token else {},
        verify=ssl.create_default_context(cafile=str(production.secrets / "ca.crt")),
        timeout=60,
        trust_env=False,
    )


def refusals(production: Production) -> list[dict]:
    return production.user("operator").acl_log()


def test_everything_a_client_may_do_is_done_without_a_refusal(whole: Production, token: str):
    with client(whole, token) as http:
        job = http.post(
            "/v1/jobs", json=story(1), headers={"Prefer": "wait=30", "Idempotency-Key": "one"}
        ).json()
        assert job["state"] == "done"
        assert {language["state"] for language in job["languages"].values()} == {"done"}
        events = http.get(f"{job['links']['self']}/events").text
        assert events.count("event: language") >= 3
        summary = f"/v1/summaries/{job['article_hash']}"
        for path in (summary, f"{summary}/ar"):
            assert http.get(path, params={"recipe": "fake"}).status_code == 200
        assert http.post("/v1/summaries/lookup", json=story(1)).status_code == 200
        assert http.get("/metrics").status_code == 200
        assert http.get("/v1/recipes").status_code == 200
        again = http.post("/v1/jobs", json=story(1), headers={"Idempotency-Key": "one"}).json()
        assert again["id"] == job["id"]
        batch = http.post("/v1/jobs/batch", json=[story(n, priority="urgent") for n in range(9)])
        jobs = [item["job"]["links"]["self"] for item in batch.json()["items"]]
        http.delete(jobs[-1]).raise_for_status()
        _until_over(http, jobs)
    withdrawn = whole.khabar("service", "withdraw", job["article_hash"])
    assert withdrawn.returncode == 0, withdrawn.stderr
    keys = json.loads(whole.khabar("service", "keys", "list", "--json").stdout)
    assert len(keys) == 1
    assert refusals(whole) == []


def test_a_worker_that_dies_is_replaced_without_a_refusal(whole: Production, token: str):
    with client(whole, token) as http:
        batch = http.post("/v1/jobs/batch", json=[story(100 + n) for n in range(30)]).json()
        worker = next(child for child in whole.children if child.name == "summarise")
        assert worker.pid is not None
        os.killpg(worker.pid, signal.SIGKILL)
        worker.stop()
        worker.start()
        _until_over(http, [item["job"]["links"]["self"] for item in batch["items"]])
    assert refusals(whole) == []


def _until_over(http: httpx.Client, jobs: list[str]) -> None:
    until = time.monotonic() + 90
    for job in jobs:
        while (found := http.get(job).json())["state"] not in {"done", "cancelled"}:
            assert found["state"] != "failed", found
            assert time.monotonic() < until, found
            time.sleep(0.1)


def test_no_secret_is_in_the_environment_of_a_part(whole: Production):
    for child in whole.children:
        if child.name in PRODUCTION["services"]:
            environment = Path(f"/proc/{child.pid}/environ").read_bytes()
            assert b"KHABAR_SECRETS_FOLDER" in environment or child.name == "redis"
            assert b"rediss://" not in environment


@pytest.mark.skipif(not MAY_CONFINE, reason="only root may make a mount namespace here")
@pytest.mark.parametrize("part", ["service", "summarise", "translate"])
def test_the_parts_do_their_work_without_capabilities_on_files_they_cannot_change(
    whole: Production, part: str
):
    """What compose.yaml asks of an engine holds for the very processes of these tests."""
    (child,) = [child for child in whole.children if child.name == part]
    status = Path(f"/proc/{child.pid}/status").read_text()
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    mounts = Path(f"/proc/{child.pid}/mountinfo").read_text().splitlines()
    (root,) = [line.split() for line in mounts if line.split()[4] == "/"]
    assert "ro" in root[5].split(",")


FORBIDDEN = (
    "FLUSHALL", "FLUSHDB", "CONFIG GET *", "CONFIG SET maxmemory 1", "KEYS *", "SCAN 0",
    "SHUTDOWN", "MONITOR", "SAVE", "SCRIPT FLUSH", "FUNCTION FLUSH",
    "REPLICAOF localhost 1", "MODULE LIST", "ACL LIST", "ACL SETUSER me on", "CLIENT LIST",
    "CLIENT KILL TYPE normal", "EVAL return(1) 0", "SWAPDB 0 1", "MIGRATE h 1 k 0 1",
    "RENAME khabar:1:due khabar:1:other", "GET elsewhere", "SET elsewhere 1", "PUBLISH elsewhere 1",
    "DEL khabar.summarise.urgent.x khabar:2:x",
)  # fmt: skip


@pytest.mark.parametrize("user", ["service", "worker", "health"])
@pytest.mark.parametrize("command", FORBIDDEN)
def test_what_a_part_does_not_need_it_may_not_do(redis_only: Production, user: str, command: str):
    with redis_only.user(user) as connection, pytest.raises(redis.exceptions.NoPermissionError):
        connection.execute_command(*command.split())
    redis_only.user("operator").acl_log_reset()


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("worker", "HGET khabar:1:api-keys x"),
        ("worker", "HSET khabar:1:api-keys x y"),
        ("worker", "GET khabar:1:idempotency:x"),
        ("worker", "SUBSCRIBE khabar:1:announced"),
        ("worker", "PUBLISH khabar:1:withdrawn x"),
        ("service", "BRPOP khabar.summarise.urgent 1"),
        ("service", "HGETALL unacked"),
        ("health", "GET khabar:1:article:x"),
        ("operator", "GET khabar:1:article:x"),
        ("operator", "HGETALL khabar:1:api-keys"),
        ("operator", "FLUSHALL"),
    ],
)
def test_each_user_keeps_to_its_own(redis_only: Production, user: str, command: str):
    with redis_only.user(user) as connection, pytest.raises(redis.exceptions.NoPermissionError):
        connection.execute_command(*command.split())
    redis_only.user("operator").acl_log_reset()


CHANNELS = {"ANNOUNCED", "WITHDRAWN", "GLOSSARY_CHANGED"}
WITHHELD_FROM_WORKERS = {
    *("API_KEYS", "IDEMPOTENCY", "WITHDRAWN", "RATE", "SPENT", "TICKET", "SENDERS"),
    *("GLOSSARIES", "GLOSSARY_OF", "GLOSSARY_FILES", "GLOSSARY_CHANGED"),
}
KEYS = {
    name: value
    for name, value in {**vars(outbox_schema), **vars(schema)}.items()
    if name.isupper() and isinstance(value, str) and re.fullmatch(r"khabar:1:[\w:-]+", value)
}


@pytest.mark.parametrize("name", sorted(KEYS.keys() - {"PREFIX"}))
def test_each_key_of_the_store_is_open_to_the_users_that_need_it(redis_only: Production, name: str):
    command = ("PUBLISH", KEYS[name], "x") if name in CHANNELS else ("GET", _example(KEYS[name]))
    for user, allowed in ("service", True), ("worker", name not in WITHHELD_FROM_WORKERS):
        answer = redis_only.user("operator").execute_command("ACL", "DRYRUN", user, *command)
        assert (answer == "OK") is allowed, (user, answer)


def _example(key: str) -> str:
    return f"{key}x" if key.endswith(":") else key


def test_nobody_gets_in_without_a_name_and_its_password(redis_only: Production):
    for arguments in {}, {"username": "service", "password": "guessed"}, {"username": "default"}:
        connection = redis.Redis(
            port=redis_only.redis_port,
            ssl=True,
            ssl_ca_certs=str(redis_only.secrets / "ca.crt"),
            **arguments,
        )
        with connection, pytest.raises(redis.exceptions.AuthenticationError):
            connection.ping()
    redis_only.user("operator").acl_log_reset()


def test_redis_speaks_tls_alone(redis_only: Production):
    with (
        redis.Redis(port=redis_only.redis_port, socket_timeout=2, retry=None) as connection,
        pytest.raises(redis.exceptions.ConnectionError),
    ):
        connection.ping()


def test_a_redis_with_a_foreign_certificate_is_not_talked_to(
    redis_only: Production, tmp_path: Path
):
    subprocess.run([DOCKER / "make-secrets.sh", tmp_path / "other"], check=True)
    url = (redis_only.secrets / "service_redis_url").read_text().strip()
    for wrong in (
        url.replace(str(redis_only.secrets), str(tmp_path / "other")),
        url.partition("?")[0],
    ):
        with (
            redis.Redis.from_url(wrong, retry=None) as connection,
            pytest.raises(redis.exceptions.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            connection.ping()
        with (
            celery_app(Settings(broker_url=wrong)).connection_for_write() as broker,
            pytest.raises(OperationalError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            broker.ensure_connection(
                max_retries=1, interval_start=0, reraise_as_library_errors=True
            )


def test_the_store_keeps_what_it_is_given_over_a_restart(redis_only: Production):
    server = next(child for child in redis_only.children if child.name == "redis")
    with redis_only.user("operator") as operator:
        persistence = operator.info("persistence")
        memory = operator.info("memory")
    assert persistence["aof_enabled"] == 1
    assert memory["maxmemory_policy"] == "noeviction"
    assert 0 < memory["maxmemory"] < 2 * 1024**3
    with redis_only.user("worker") as worker:
        worker.hset("khabar:1:counters", "kept", 1)
    server.stop()
    redis_only.children.remove(server)
    redis_only.start_redis()
    with redis_only.user("worker") as worker:
        assert worker.hget("khabar:1:counters", "kept") == "1"
        worker.hdel("khabar:1:counters", "kept")


def test_nginx_takes_the_configuration_as_it_is_shipped(redis_only: Production):
    """Names of other containers, and files in /run, are all that this machine does not have."""
    text = (DOCKER / "proxy" / "nginx.conf").read_text("utf-8")
    text = text.replace("/tmp/", f"{redis_only.folder}/shipped-")  # noqa: S108
    text = text.replace("/run/secrets/", f"{redis_only.secrets}/").replace("service:", "localhost:")
    config = redis_only.folder / "shipped.conf"
    config.write_text(text)
    answer = subprocess.run(
        ["nginx", "-t", "-c", config],
        env=os.environ | {"PATH": SYSTEM_PATH},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "[warn]" not in answer.stderr.replace('the "user" directive', "")


def test_the_proxy_hands_on_what_the_api_says(whole: Production, token: str):
    with client(whole, token) as http:
        answer = http.get("/v1/languages")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert "nginx/" not in answer.headers["Server"]
    with client(whole, None) as http:
        refused = http.get("/v1/languages")
    assert refused.status_code == 401
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_events_pass_the_proxy_one_by_one(whole: Production, token: str):
    """The first event of a job is there while the job cannot have ended: nobody works on it."""
    worker = next(child for child in whole.children if child.name == "summarise")
    worker.stop()
    try:
        with client(whole, token) as http:
            job = http.post("/v1/jobs", json=story(200)).json()
            with http.stream("GET", f"{job['links']['self']}/events") as stream:
                lines = stream.iter_lines()
                first = [next(lines) for _ in range(3)]
                assert any(line == "event: accepted" for line in first), first
                worker.start()
                assert any(line == "event: end" for line in lines)
    finally:
        if not worker.running:
            worker.start()


@contextlib.contextmanager
def connected(production: Production) -> Iterator[ssl.SSLSocket]:
    """Lend a connection to the proxy, for what no well-behaved client would send."""
    context = ssl.create_default_context(cafile=str(production.secrets / "ca.crt"))
    address = ("127.0.0.1", production.proxy_port)
    with (
        socket.create_connection(address, timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as sender,
    ):
        yield sender


def test_a_body_beyond_the_largest_batch_is_refused_before_it_is_sent(whole: Production):
    length = Settings.model_fields["batch_bytes"].default + 1
    with connected(whole) as sender:
        sender.sendall(
            b"POST /v1/jobs/batch HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Length: %d\r\n\r\n" % length
        )
        assert sender.recv(1000).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
    ],
    ids=["header", "body"],
)
def test_a_slow_sender_is_cut_off(whole: Production, beginning: bytes):
    with connected(whole) as sender:
        start = time.monotonic()
        sender.sendall(beginning)
        answer = sender.recv(1000)
        waited = time.monotonic() - start
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")
    assert SLOW_SECONDS * 0.8 < waited < SLOW_SECONDS + 5
