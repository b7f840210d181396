"""How CTranslate2 should use this machine's processor.

What was measured stands in docs/decisions/0005-ctranslate2-settings.md.
"""

import logging
import math
import os
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")

# What each maker's processors need in the environment. MKL takes its slow path on AMD, and
# CTranslate2 does better there with its other matrix library.
_SETTINGS_BY_VENDOR: dict[str, dict[str, str]] = {"AuthenticAMD": {"CT2_USE_MKL": "0"}}

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Threads:
    """``inter`` batches run at once, each of them on ``intra`` threads."""

    inter: int
    intra: int


def prepare_environment(
    environment: MutableMapping[str, str] = os.environ, cpuinfo: Path = _CPUINFO
) -> None:
    """Set what CTranslate2 reads from the environment, where it is not set already.

    The library reads it once: call this first thing in a worker process. A call that comes too
    late is logged, since it costs speed and nothing else.
    """
    settings = _SETTINGS_BY_VENDOR.get(vendor(cpuinfo), {})
    missing = {name: value for name, value in settings.items() if name not in environment}
    if missing and "ctranslate2" in sys.modules:
        _logger.warning("ctranslate2 is already imported; %s has no effect now", sorted(missing))
    environment.update(missing)


def vendor(cpuinfo: Path = _CPUINFO) -> str:
    """Return the maker's name for the processor, or nothing where the system does not tell."""
    if not cpuinfo.is_file():
        return ""
    for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "vendor_id":
            return value.strip()
    return ""


def threads(cores: int | None = None) -> Threads:
    """Return one thread a batch and a batch a core, which gives the most tokens a second."""
    return Threads(inter=cores or usable_cores(), intra=1)


def usable_cores(limit: Path = _CGROUP_LIMIT) -> int:
    """Return how many cores this process may use: its affinity, within its container's share."""
    cores = len(os.sched_getaffinity(0))
    if not limit.is_file():
        return cores
    quota, period = limit.read_text(encoding="ascii").split()
    if quota == "max":
        return cores
    return max(1, min(cores, math.ceil(int(quota) / int(period))))
