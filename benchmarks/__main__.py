"""What ``make bench`` runs: the cost of the service, then the quality of the summaries."""

import runpy
import shutil
import sys

_MODULES = ("benchmarks.service", "benchmarks.summarizers")


def main() -> None:
    """Run each benchmark in turn; they print tables in Markdown."""
    if shutil.which("wrk") is None:
        sys.exit("The benchmark of the service needs wrk. Run: apt-get install wrk")
    for module in _MODULES:
        print(f"\n## {module}\n", flush=True)
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
