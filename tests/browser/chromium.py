"""A headless Chromium, driven over the DevTools protocol.

https://chromedevtools.github.io/devtools-protocol/ describes the methods used here.
"""

import base64
import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
_WAIT_SECONDS = 20.0


class ChromiumMissing(RuntimeError):
    """There is no browser to test with."""


def program() -> str:
    """Return the path of a Chromium. Raises ChromiumMissing."""
    for name in _PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    raise ChromiumMissing("Run tests/browser/install.sh as root, or install a Chromium.")


class Chromium:
    """A browser process with a profile of its own. Opens pages that know nothing of each other."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._stack = contextlib.ExitStack()
        self._contexts: list[str] = []

    def __enter__(self) -> Self:
        """Start the browser and connect to it. Raises ChromiumMissing."""
        with self._stack:
            self._process = self._start()
            self._stack.callback(self._end)
            # A script's answer may be a screenshot: no message is too large.
            socket = connect(self._address(), max_size=None, compression=None)
            self._line = _Line(self._stack.enter_context(socket))
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [program(), *_FLAGS, f"--user-data-dir={self._profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _end(self) -> None:
        # What was started may be a script around the browser, and the browser is many processes.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=_WAIT_SECONDS)

    def _address(self) -> str:
        until = time.monotonic() + _WAIT_SECONDS
        port_file = self._profile / "DevToolsActivePort"
        while time.monotonic() < until and self._process.poll() is None:
            if port_file.exists():
                port, _, path = port_file.read_text().partition("\n")
                if path:
                    return f"ws://127.0.0.1:{port}{path.strip()}"
            time.sleep(0.02)
        raise ChromiumMissing("The browser did not start.")

    def open(self, url: str, **options: Any) -> "Page":
        """Open a page in a fresh context, with no cookies and no storage."""
        context = self._line.call("Target.createBrowserContext")["browserContextId"]
        target = self._line.call(
            "Target.createTarget", url="about:blank", browserContextId=context
        )["targetId"]
        session = self._line.call("Target.attachToTarget", targetId=target, flatten=True)
        self._contexts.append(context)
        return Page(self._line, session["sessionId"], url, **options)

    def close_pages(self) -> None:
        """Close all pages, and with them their connections to the service."""
        while self._contexts:
            context = self._contexts.pop()
            self._line.call("Target.disposeBrowserContext", browserContextId=context)
        self._line.events.clear()


class _Line:
    """The connection to the browser: calls, their answers, and the events between them."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        message: dict[str, Any] = {"id": next(self._ids), "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv(timeout=_WAIT_SECONDS))
            if answer.get("id") != message["id"]:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise AssertionError(f"{method}: {answer['error']['message']}")
            result: dict[str, Any] = answer["result"]
            return result


class Page:
    """One page. ``complaints`` are the errors and the refusals of its console."""

    def __init__(
        self,
        line: _Line,
        session: str,
        url: str,
        *,
        width: int = 1400,
        height: int = 900,
        scheme: str = "light",
    ) -> None:
        self._line = line
        self._session = session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.go(url)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol for this page."""
        return self._line.call(method, self._session, **parameters)

    def go(self, url: str) -> None:
        """Load a page and wait until its scripts have run."""
        self.call("Page.navigate", url=url)
        self.wait(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """Return what an expression of JavaScript gives; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            text = details.get("exception", {}).get("description", details["text"])
            raise AssertionError(text)
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true. Raises AssertionError if it does not become so."""
        until = time.monotonic() + _WAIT_SECONDS
        while not self.run(condition):
            assert time.monotonic() < until, f"never became true: {condition}"
            time.sleep(0.02)

    def text(self, selector: str) -> str:
        """Return the text a person sees in the first element that matches."""
        found: str = self.run(f"document.querySelector({json.dumps(selector)}).innerText")
        return found

    def texts(self, selector: str) -> list[str]:
        """Return the text a person sees in each element that matches."""
        quoted = json.dumps(selector)
        found: list[str] = self.run(
            f"Array.from(document.querySelectorAll({quoted}), (node) => node.innerText)"
        )
        return found

    def fill(self, selector: str, text: str) -> None:
        """Put text into a field as one paste would."""
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.run(f"document.querySelector({json.dumps(selector)}).select()")
        self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Press the mouse button in the middle of an element."""
        box = self.run(
            f"(() => {{ const node = document.querySelector({json.dumps(selector)});"
            "node.scrollIntoView({block: 'center'}); const {x, y, width, height} ="
            "node.getBoundingClientRect(); return [x + width / 2, y + height / 2]; })()"
        )
        where = {"x": box[0], "y": box[1], "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, **where)

    def press(self, key: str) -> None:
        """Press a key that writes nothing, such as Tab or Enter."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
        text = {"Enter": "\r", " ": " "}.get(key, "")
        fields = {"key": key, "windowsVirtualKeyCode": codes[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **fields)
        self.call("Input.dispatchKeyEvent", type="keyUp", **fields)

    @property
    def complaints(self) -> list[str]:
        """What the console said that is more than information."""
        self.run("0")
        found = []
        for event in self._line.events:
            if event.get("sessionId") == self._session:
                found += _complaint(event)
        return found

    def requested(self) -> set[str]:
        """Return the addresses this page has asked for."""
        self.run("0")
        return {
            event["params"]["request"]["url"]
            for event in self._line.events
            if event.get("sessionId") == self._session
            and event["method"] == "Network.requestWillBeSent"
        }

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """Write what the page looks like to a PNG file."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))


Open = Callable[..., Page]
"""Opens the page at a path of the service; the options are those of ``Page``."""


def _complaint(event: dict[str, Any]) -> list[str]:
    parameters = event["params"]
    if event["method"] == "Runtime.exceptionThrown":
        details = parameters["exceptionDetails"]
        return [details.get("exception", {}).get("description", details["text"])]
    if event["method"] == "Log.entryAdded" and parameters["entry"]["level"] in {"error", "warning"}:
        return [f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}"]
    return []
