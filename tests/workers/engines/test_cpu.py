import logging
import sys

import pytest

from workers.engines.cpu import Threads, prepare_environment, threads, usable_cores, vendor


@pytest.fixture
def amd(tmp_path):
    path = tmp_path / "cpuinfo"
    path.write_text("processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: EPYC\n")
    return path


@pytest.fixture
def not_imported(monkeypatch):
    monkeypatch.delitem(sys.modules, "ctranslate2", raising=False)


@pytest.mark.usefixtures("not_imported")
def test_amd_gets_the_other_matrix_library(amd):
    environment: dict[str, str] = {}
    prepare_environment(environment, amd)
    assert environment == {"CT2_USE_MKL": "0"}


@pytest.mark.usefixtures("not_imported")
def test_what_is_set_already_stays(amd):
    environment = {"CT2_USE_MKL": "1"}
    prepare_environment(environment, amd)
    assert environment == {"CT2_USE_MKL": "1"}


def test_other_makers_get_nothing(tmp_path):
    path = tmp_path / "cpuinfo"
    path.write_text("vendor_id\t: GenuineIntel\n")
    environment: dict[str, str] = {}
    prepare_environment(environment, path)
    assert environment == {}
    assert vendor(tmp_path / "none") == ""


def test_a_call_that_comes_too_late_is_logged(amd, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "ctranslate2", object())
    with caplog.at_level(logging.WARNING):
        prepare_environment({}, amd)
    assert "CT2_USE_MKL" in caplog.text


@pytest.mark.parametrize(
    ("limit", "expected"), [("max 100000", None), ("50000 100000", 1), ("100000 100000", 1)]
)
def test_a_containers_share_is_kept(tmp_path, limit, expected):
    path = tmp_path / "cpu.max"
    path.write_text(limit)
    assert usable_cores(path) == (expected or usable_cores(tmp_path / "none"))


def test_every_core_gets_a_batch_of_its_own():
    assert threads(6) == Threads(inter=6, intra=1)
