"""The commands of docs/access.md, run as they stand there."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.serving.conftest import POLICY, World
from tests.serving.free_port import free_port

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "access.md"
SERVE = "cargoworthy serve --port 8000"


def commands() -> str:
    section = (
        PAGE.read_text(encoding="utf-8").partition("## A run-through")[2].partition("\n## ")[0]
    )
    blocks = re.findall(r"(?:^ {4}.*\n)+", section, re.MULTILINE)
    assert len(blocks) >= 6
    return "\n".join(textwrap.dedent(block) for block in blocks)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")
def test_the_run_through_does_what_it_says(world: World, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "record.db").symlink_to(world.folder / "record.db")
    (tmp_path / "var" / "models").symlink_to(world.models)
    (tmp_path / "configs").symlink_to(POLICY.parents[1])
    (tmp_path / "bin").mkdir()
    front_door = tmp_path / "bin" / "cargoworthy"
    front_door.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cargoworthy "$@"\n')
    front_door.chmod(0o755)
    port, script = free_port(), commands()
    assert script.count(SERVE) == 1
    waiting = (
        f"{SERVE} & SERVICE=$!\ntrap 'kill $SERVICE' EXIT\n"
        "for _ in $(seq 600); do curl -sf http://127.0.0.1:8000/readyz >/dev/null && break; "
        "sleep 0.1; done"
    )
    # The issuer keeps its name; only the port on which the service listens is another.
    script = "set -eu\n" + script.replace(SERVE, waiting).replace("8000", str(port))
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    told = re.findall(r"^[1-5]\d\d$", done.stdout, re.MULTILINE)
    expected = re.findall(r"^# ([1-5]\d\d)$", script, re.MULTILINE)
    assert told == expected == ["404", "200", "200", "404"]
