"""What a server process sets for itself."""

import subprocess
import sys

PROGRAM = """
import resource
from service.server import allow_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 512))
for wanted in (32, 256, 4096):
    allow_open_files(wanted)
    print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_the_limit_of_open_files_is_raised_as_far_as_it_may_be():
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == ["64 512", "256 512", "512 512"]
