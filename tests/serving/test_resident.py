import subprocess
import sys
from pathlib import Path

import pytest

from serving.resident import _unchanged

ROOT = Path(__file__).parents[2]
MAPS = """\
7f00a000-7f00c000 r-xp 00001000 08:01 77                         /usr/lib/libm one.so
Size:                  8 kB
Rss:                   8 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
7f00c000-7f00d000 rwxp 00003000 08:01 77                         /usr/lib/written.so
Rss:                   4 kB
Anonymous:             0 kB
7f00d000-7f00e000 r--p 00004000 08:01 77                         /usr/lib/relocated.so
Rss:                   4 kB
Anonymous:             4 kB
7f00e000-7f00f000 r-xp 00000000 00:00 0
Rss:                   4 kB
Anonymous:             0 kB
7f00f000-7f010000 r--p 00004000 08:01 77                         /usr/lib/data.so
Rss:                   4 kB
Anonymous:             0 kB
7f020000-7f021000 r--p 00005000 08:01 77                         /usr/lib/swapped.so
Rss:                   0 kB
Anonymous:             0 kB
Swap:                  4 kB
SwapPss:               4 kB
7f021000-7f022000 r-xp 00006000 08:01 77                         /usr/lib/never.so
Rss:                   4 kB
Anonymous:             0 kB
Swap:                  0 kB
7f010000-7f011000 r--s 00004000 08:01 77                         /var/shared
Rss:                   4 kB
Anonymous:             0 kB
7ffd0000-7ffd2000 r-xp 00000000 00:00 0                          [vdso]
Rss:                   4 kB
Anonymous:             0 kB
"""
PROGRAM = """
import re
from pathlib import Path
from serving.resident import let_go_of_start
import numpy as np
import sqlalchemy

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = resident()
let_go_of_start()
after = resident()
assert np.linalg.inv(np.eye(3)).sum() == 3 and sqlalchemy.select(sqlalchemy.literal(1)) is not None
print(before, after)
"""


def test_only_what_of_files_is_as_it_stands_there_is_let_go() -> None:
    assert list(_unchanged(MAPS)) == [
        (0x7F00A000, 0x7F00C000),
        (0x7F00F000, 0x7F010000),
        (0x7F021000, 0x7F022000),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="there are no such maps")
def test_a_process_gets_smaller_and_works_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    before, after = map(int, done.stdout.split())
    assert after < before - 2_000
