"""Asks an advisory service about every locked package. Run as ``make audit``.

Exit codes: 0 no vulnerability is known; 1 some are; 3 the service did not answer for every package.
pip-audit alone ends with 0 when the service knows none of the packages, and with 1 both when it
finds a vulnerability and when it cannot reach the service. Neither must be mistaken for the other.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LOCKS: Final = tuple(sorted(Path(__file__).parent.glob("*.txt")))
CLEAN, VULNERABLE, UNANSWERED = 0, 1, 3
_NAMED = 5
"""So many packages without an answer are named; of the others there is only the number."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an audit came to: the exit code, and the lines that say why."""

    code: int
    lines: tuple[str, ...]


def command(locks: Sequence[Path], options: Sequence[str]) -> list[str]:
    """Return the call of pip-audit: the locks as they are, and nothing resolved or installed."""
    asked = [part for lock in locks for part in ("--requirement", str(lock))]
    return [
        *(sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"),
        *("--format", "json", "--progress-spinner", "off", *asked, *options),
    ]


def judge(output: str, complaint: str) -> Verdict:
    """Return what pip-audit's JSON says; ``complaint`` is its standard error."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaint.strip().splitlines() or ["pip-audit gave no reason."])[-1]
        return Verdict(UNANSWERED, ("The advisory service could not be asked.", last))
    found = [line for package in packages for line in _vulnerabilities(package)]
    silent = [package["name"] for package in packages if "skip_reason" in package]
    lines = [*found, *_unanswered(silent, len(packages))]
    if found:
        return Verdict(VULNERABLE, tuple(lines))
    if silent or not packages:
        return Verdict(UNANSWERED, tuple(lines or ["pip-audit was given no package."]))
    return Verdict(CLEAN, (f"{len(packages)} packages, no known vulnerability.",))


def _vulnerabilities(package: dict[str, Any]) -> list[str]:
    return [
        f"{package['name']} {package['version']}: {found['id']}, {_mending(found)}"
        for found in package.get("vulns", ())  # A package without an answer has no version either.
    ]


def _mending(found: dict[str, Any]) -> str:
    versions = ", ".join(found["fix_versions"])
    return f"mended in {versions}" if versions else "not mended"


def _unanswered(silent: list[str], asked: int) -> list[str]:
    if not silent:
        return []
    named = ", ".join(silent[:_NAMED])
    more = f" and {len(silent) - _NAMED} more" if len(silent) > _NAMED else ""
    return [
        f"The advisory service has no answer for {len(silent)} of {asked} packages: {named}{more}.",
        "A mirror of PyPI often has no advisories. Another service may be reached from here:",
        "make audit AUDIT_FLAGS='--vulnerability-service osv'",
    ]


def main(options: Sequence[str]) -> int:
    """Ask, say what came back, and return the exit code."""
    asked = subprocess.run(command(LOCKS, options), capture_output=True, text=True, check=False)
    verdict = judge(asked.stdout, asked.stderr)
    stream = sys.stdout if verdict.code == CLEAN else sys.stderr
    stream.write("\n".join(verdict.lines) + "\n")
    return verdict.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
