"""The audit never takes silence for a clean result: with a small advisory service of our own."""

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from requirements.audit import CLEAN, LOCKS, UNANSWERED, VULNERABLE, judge
from tests.ports import unused_port

ROOT = Path(__file__).parents[2]
ADVISORY = {
    "id": "TEST-2026-1",
    "summary": "A made-up advisory.",
    "affected": [
        {
            "package": {"name": "redis", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
        }
    ],
}


def said(*packages: dict) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


FINE = {"name": "fine", "version": "1", "vulns": []}
BROKEN = {"name": "broken", "version": "2", "vulns": [{"id": "X-1", "fix_versions": ["3"]}]}
HOPELESS = {"name": "hopeless", "version": "2", "vulns": [{"id": "X-2", "fix_versions": []}]}
SILENT = {"name": "silent", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("output", "code", "line"),
    [
        (said(FINE), CLEAN, "1 packages, no known vulnerability."),
        (said(FINE, BROKEN), VULNERABLE, "broken 2: X-1, mended in 3"),
        (said(HOPELESS), VULNERABLE, "hopeless 2: X-2, not mended"),
        (said(SILENT, BROKEN), VULNERABLE, "broken 2: X-1, mended in 3"),
        (said(), UNANSWERED, "pip-audit was given no package."),
        ("", UNANSWERED, "The advisory service could not be asked."),
        ("null", UNANSWERED, "The advisory service could not be asked."),
    ],
)
def test_each_answer_has_its_exit_code(output: str, code: int, line: str):
    verdict = judge(output, "Name or service not known")
    assert verdict.code == code
    assert verdict.lines[0] == line


def test_a_package_without_an_answer_is_no_clean_result():
    verdict = judge(said(FINE, *[SILENT] * 7), "")
    assert verdict.code == UNANSWERED
    assert "no answer for 7 of 8 packages" in verdict.lines[0]
    assert "and 2 more" in verdict.lines[0]


def test_all_locks_are_looked_through():
    names = {lock.name for lock in LOCKS}
    assert names == {"runtime.txt", "build.txt", "dev.txt", "audit.txt"}


class Advisories(http.server.BaseHTTPRequestHandler):
    """Speaks the part of the OSV API that is asked; knows advisories of one package."""

    known: dict[str, list[dict]]
    asked: set[str]

    def do_POST(self):
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = query["package"]["name"]
        self.asked.add(name)
        body = json.dumps({"vulns": self.known[name]} if name in self.known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object):
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[tuple[str, type[Advisories]]]:
    handler = type("Handler", (Advisories,), {"known": {}, "asked": set()})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query", handler
        server.shutdown()
        thread.join()


def audit(url: str) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("pip_audit", reason="pip-audit is not installed (make .venv/.audit)")
    command = [sys.executable, "-m", "requirements.audit", "--vulnerability-service", "osv"]
    return subprocess.run(
        [*command, "--osv-url", url], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_locks_are_asked_about_and_what_is_found_is_told(
    service: tuple[str, type[Advisories]],
):
    url, handler = service
    clean = audit(url)
    assert clean.returncode == CLEAN, clean.stderr
    assert "no known vulnerability" in clean.stdout
    assert {"redis", "celery", "pytest", "hatchling", "pip-audit"} <= handler.asked

    handler.known["redis"] = [ADVISORY]
    found = audit(url)
    assert found.returncode == VULNERABLE
    assert "TEST-2026-1, mended in 99.1" in found.stderr


def test_a_service_that_cannot_be_reached_is_told_apart():
    answer = audit(f"http://127.0.0.1:{unused_port()}/v1/query")
    assert answer.returncode == UNANSWERED
    assert "could not be asked" in answer.stderr
    assert "Connection refused" in answer.stderr
