"""The list of parts holds what the lock asks for here, and nothing else."""

import copy
import json
from pathlib import Path

import pytest

pytest.importorskip("cyclonedx", reason="cyclonedx-bom is not installed (make .venv/.audit)")

from requirements import sbom

LOCK = """
# A comment.
alpha==1.0 \\
    --hash=sha256:aa
beta-b==2.0 ; python_full_version >= '3.11' \\
    --hash=sha256:bb
elsewhere==3.0 ; sys_platform == 'win32' \\
    --hash=sha256:cc
"""
INSTALLED = {
    "metadata": {"component": {"bom-ref": "root", "name": "khabar"}},
    "components": [
        {"bom-ref": "a", "name": "alpha", "version": "1.0", "licenses": [{"expression": "MIT"}]},
        {"bom-ref": "b", "name": "Beta_B", "version": "2.0", "licenses": [{"expression": "MIT"}]},
        {"bom-ref": "t", "name": "tool", "version": "9"},
    ],
    "dependencies": [
        {"ref": "root", "dependsOn": ["a", "t"]},
        {"ref": "a", "dependsOn": ["b"]},
        {"ref": "t", "dependsOn": ["a"]},
    ],
}
HASHES = {
    "components": [
        {"name": "alpha", "version": "1.0", "externalReferences": ["hash of alpha"]},
        {"name": "beta-b", "version": "2.0", "externalReferences": ["hash of beta"]},
    ]
}


def test_the_lock_is_read_for_this_machine():
    assert sbom.locked_here(LOCK) == {("alpha", "1.0"), ("beta-b", "2.0")}


def test_tools_are_left_out_and_hashes_come_in():
    made = sbom.joined(copy.deepcopy(INSTALLED), HASHES, sbom.locked_here(LOCK), "0.1")
    assert [part["name"] for part in made["components"]] == ["alpha", "Beta_B"]
    assert made["components"][1]["externalReferences"] == ["hash of beta"]
    assert made["dependencies"] == [
        {"ref": "root", "dependsOn": ["a"]},
        {"ref": "a", "dependsOn": ["b"]},
    ]
    assert made["metadata"]["component"]["version"] == "0.1"


def test_a_package_of_another_version_is_an_error():
    wanted = {("alpha", "1.1"), ("beta-b", "2.0")}
    with pytest.raises(sbom.NotAsLocked, match=r"alpha==1\.1"):
        sbom.joined(copy.deepcopy(INSTALLED), HASHES, wanted, "0.1")


def test_the_document_of_this_environment(tmp_path: Path):
    target = tmp_path / "build" / "sbom.json"
    sbom.main(target)
    made = json.loads(target.read_text("utf-8"))
    assert made["bomFormat"] == "CycloneDX"
    named = {part["name"].lower() for part in made["components"]}
    assert {"redis", "celery", "fastapi", "ctranslate2", "pydantic"} <= named
    assert not named & {"pytest", "pip", "cyclonedx-bom", "torch"}
    for part in made["components"]:
        assert part["version"]
        assert part["licenses"]
        assert any(
            proof["alg"] == "SHA-256"
            for reference in part["externalReferences"]
            for proof in reference.get("hashes", ())
        )
    (root,) = [edge for edge in made["dependencies"] if edge["ref"] == "root-component"]
    assert any(ref.startswith("pydantic==") for ref in root["dependsOn"])
    # Nothing of chance or time, so the same lock gives the same document.
    assert not made.keys() & {"serialNumber"}
    assert "timestamp" not in made["metadata"]
