"""compose.production.yaml agrees with compose.yaml, its secrets and the files it lends."""

import re
import subprocess
from pathlib import Path

import pytest

from khabar.settings import Settings
from tests.docker.production import BASE, DOCKER, PRODUCTION

SERVICES = PRODUCTION["services"]


def secrets_of(name: str) -> set[str]:
    lent = SERVICES[name].get("secrets", ())
    return {secret["source"] if isinstance(secret, dict) else secret for secret in lent}


def test_nothing_but_the_proxy_is_added_and_nothing_is_left_as_it_was():
    parts = {name for name, part in BASE["services"].items() if "profiles" not in part}
    assert SERVICES.keys() == parts | {"proxy"}
    assert [name for name in SERVICES if SERVICES[name].get("ports")] == ["proxy"]
    # An address in the environment would come before the secret one.
    for name in SERVICES.keys() - {"redis", "proxy"}:
        environment = SERVICES[name]["environment"]
        assert environment["KHABAR_STORE_URL"] is None
        assert environment["KHABAR_BROKER_URL"] is None
        assert environment["KHABAR_SECRETS_FOLDER"] == "/run/secrets"
        targets = {
            secret["target"] for secret in SERVICES[name]["secrets"] if isinstance(secret, dict)
        }
        assert targets == {"khabar_store_url", "khabar_broker_url"}
        assert all(target.removeprefix("khabar_") in Settings.model_fields for target in targets)
    text = (DOCKER / "compose.production.yaml").read_text("utf-8")
    assert text.count("!reset") == 7


def test_the_proxy_is_confined_as_the_others_are():
    proxy = SERVICES["proxy"]
    assert proxy["read_only"] is True
    assert proxy["cap_drop"] == ["ALL"]
    assert proxy["security_opt"] == ["no-new-privileges:true"]
    assert not proxy["user"].startswith("0")
    assert proxy["mem_limit"]
    assert proxy["pids_limit"]
    assert not set(proxy["networks"]) & set(SERVICES["redis"]["networks"])


def test_each_part_is_lent_the_secrets_of_its_own():
    assert secrets_of("service") == {"service_redis_url", "ca.crt"}
    assert secrets_of("summarise") == secrets_of("translate") == {"worker_redis_url", "ca.crt"}
    assert secrets_of("proxy") == {"proxy.crt", "proxy.key"}
    assert not {"service_redis_url", "worker_redis_url"} & secrets_of("redis")


def test_the_script_makes_every_secret_and_closes_the_folder(tmp_path: Path):
    folder = tmp_path / "secrets"
    subprocess.run([DOCKER / "make-secrets.sh", folder], check=True, capture_output=True)
    made = {path.name: path for path in folder.iterdir()}
    assert set(PRODUCTION["secrets"]) <= made.keys()
    assert {f"./secrets/{name}" for name in PRODUCTION["secrets"]} == {
        secret["file"] for secret in PRODUCTION["secrets"].values()
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    assert made["ca.key"].stat().st_mode & 0o777 == 0o400
    assert set().union(*map(secrets_of, SERVICES)) == set(PRODUCTION["secrets"])
    users = made["users.acl"].read_text()
    assert users.splitlines()[0] == "user default off resetkeys resetchannels -@all"
    assert "@" not in re.sub(r"-@all", "", users)
    for url in ("service_redis_url", "worker_redis_url"):
        password = made[url].read_text().split(":")[2].split("@")[0]
        assert len(password) == 64
        assert password not in users
    again = subprocess.run([DOCKER / "make-secrets.sh", folder], check=False, capture_output=True)
    assert again.returncode == 1
    assert b"exists" in again.stderr


@pytest.mark.parametrize("name", ["redis", "proxy"])
def test_the_files_that_are_lent_exist(name: str):
    for volume in SERVICES[name]["volumes"]:
        source, _, options = volume.split(":")
        assert (DOCKER / source).is_file()
        assert options == "ro"


def test_redis_is_set_as_without_tls():
    command = BASE["services"]["redis"]["command"]
    config = (DOCKER / "redis" / "redis.conf").read_text("utf-8")
    given = command[command.index("redis-server") + 1 :]
    options = dict(zip(given[::2], given[1::2], strict=True))
    # With users of its own it needs no leave to answer other machines.
    assert options.pop("--protected-mode") == "no"
    assert options
    for option, value in options.items():
        assert f"\n{option.removeprefix('--')} {value}\n" in config


def test_the_proxy_waits_and_takes_as_much_as_the_api():
    config = (DOCKER / "proxy" / "nginx.conf").read_text("utf-8")
    (seconds,) = re.findall(r"proxy_read_timeout (\d+)s;", config)
    (mebibytes,) = re.findall(r"client_max_body_size (\d+)m;", config)
    assert int(seconds) > Settings.model_fields["wait_limit_seconds"].default
    assert int(mebibytes) * 1024**2 == Settings.model_fields["batch_bytes"].default


def test_secrets_are_kept_out_of_the_repository_and_of_images():
    root = DOCKER.parent
    assert "/docker/secrets/" in (root / ".gitignore").read_text("utf-8").splitlines()
    kept = (DOCKER / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert kept[0] == "*"
    assert not [line for line in kept if line.startswith("!docker")]
