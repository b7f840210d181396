"""Writes the list of what Khabar runs on as a CycloneDX document. Run as ``make sbom``.

What is installed gives the licences and who needs whom, the lock gives the hashes. A package that
is installed and not in the lock, such as a tool of the developer's, is left out; one that the lock
asks for on this machine and that is not installed as locked is an error.

https://cyclonedx.org/docs/1.6/json/
"""

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from khabar import __version__

PROJECT: Final = Path(__file__).parents[1]
LOCK: Final = PROJECT / "requirements" / "runtime.txt"
Document = dict[str, Any]
Key = tuple[str, str]
"""A package's canonical name and its version."""


class NotAsLocked(Exception):
    """What is installed is not what the lock asks for."""


def document(source: str, *arguments: str) -> Document:
    """Return what ``cyclonedx-py`` says of an environment or of a file of requirements."""
    command = [sys.executable, "-m", "cyclonedx_py", source, "--output-reproducible"]
    command += ["--no-validate"]  # What is made of it is validated.
    said = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True)
    parsed: Document = json.loads(said.stdout)
    return parsed


def locked_here(lock: str) -> set[Key]:
    """Return the packages that a lock asks for on a machine such as this one."""
    lines = (line.rstrip(" \\") for line in lock.splitlines() if line[:1].isalnum())
    wanted = [requirement for requirement in map(Requirement, lines) if _applies(requirement)]
    return {(canonicalize_name(r.name), next(iter(r.specifier)).version) for r in wanted}


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate()


def joined(installed: Document, hashes: Document, wanted: set[Key], version: str) -> Document:
    """Return the installed packages that are wanted, with their hashes. Raises NotAsLocked."""
    proofs = {_key(part): part["externalReferences"] for part in hashes["components"]}
    parts = [part for part in installed["components"] if _key(part) in wanted]
    missing = wanted - {_key(part) for part in parts}
    if missing:
        raise NotAsLocked(", ".join("==".join(key) for key in sorted(missing)))
    for part in parts:
        part["externalReferences"] = part.get("externalReferences", []) + proofs[_key(part)]
        part["licenses"] = part.get("licenses") or _declared_licence(part["name"])
    root = installed["metadata"]["component"]
    root["version"] = version
    kept = {part["bom-ref"] for part in parts} | {root["bom-ref"]}
    edges = [
        {**edge, "dependsOn": [ref for ref in edge.get("dependsOn", ()) if ref in kept]}
        for edge in installed["dependencies"]
        if edge["ref"] in kept
    ]
    return {**installed, "components": parts, "dependencies": edges}


def _key(part: Document) -> Key:
    return canonicalize_name(part["name"]), part["version"]


def _declared_licence(name: str) -> list[Document]:
    # The tool leaves out what is neither an SPDX name nor one of its classifiers.
    text = importlib.metadata.metadata(name).get("License") or "unknown"
    return [{"license": {"name": text.splitlines()[0], "acknowledgement": "declared"}}]


def main(target: Path) -> None:
    """Write the document to ``target``, or end with the reason why there is none."""
    installed = document("environment", "--pyproject", str(PROJECT / "pyproject.toml"))
    wanted = locked_here(LOCK.read_text("utf-8"))
    try:
        made = joined(installed, document("requirements", str(LOCK)), wanted, __version__)
    except NotAsLocked as error:
        sys.exit(f"Not installed as locked: {error}. Run: make install")
    text = json.dumps(made, indent=1, sort_keys=True) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        sys.exit(f"The document does not fit the schema of CycloneDX 1.6: {wrong}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
    print(f"{target}: {len(made['components'])} packages")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
