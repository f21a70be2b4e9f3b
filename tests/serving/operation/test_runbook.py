"""The runbook: every command in it is one, every metric, problem and path in it exists."""

import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import httpx
import pytest
import yaml

from serving.access.roles import SCOPES, Role, Scope
from serving.access.token_routes import router as tokens
from serving.audit import verification
from serving.ledger import Ledger
from tests.serving.conftest import STRONG, UNKNOWN
from tests.serving.operation.test_image import COMPOSE, parse
from tests.serving.test_ledger import ENTRY

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
OTHERS = {"curl", "df", "echo", "pg_dump", "pg_restore", "psql", "python"}
"""Programs of the machine that the runbook calls."""


def blocks() -> list[str]:
    return [textwrap.dedent(block) for block in re.findall(r"(?:^ {4,}.*\n)+", TEXT, re.MULTILINE)]


def commands() -> list[list[str]]:
    lines = [
        line for block in blocks() if "scrape_configs" not in block for line in block.split("\n")
    ]
    quoted = re.findall(r"`((?:cargoworthy|docker compose) [a-z][^`]+)`", TEXT)
    return [shlex.split(line) for line in [*lines, *quoted] if line.strip()]


def test_every_command_is_one() -> None:
    seen = set()
    for words in commands():
        seen.add(words[0])
        if words[0] == "cargoworthy":
            parse(words[1:])
        elif words[0] == "docker":
            composed(words)
        else:
            assert words[0] in OTHERS, words
    assert {"cargoworthy", "docker"} <= seen
    with pytest.raises(Exception, match="nonsense"):
        parse(["ledger", "nonsense"])


def composed(words: list[str]) -> None:
    """Check a call of ``docker compose``; what follows a service is a call of the front door."""
    assert words[1] == "compose"
    verb, *rest = words[2:]
    assert verb in {"build", "run", "up", "ps", "logs", "stop"}
    if verb != "run":
        named = [word for word in rest if not word.startswith("--") and not word.isdigit()]
        assert set(named) <= set(COMPOSE["services"])
        return
    place = next(k for k, word in enumerate(rest) if word in COMPOSE["services"])
    if rest[place + 1 :] != ["--help"]:
        parse(rest[place + 1 :])


def test_every_command_named_in_passing_is_one() -> None:
    named = re.findall(r"`((?:access|audit|ledger|models|record|features) [a-z-]+)`", TEXT)
    assert len(named) >= 3
    for words in named:
        with pytest.raises((SystemExit, Exception)) as found:
            parse([*words.split(), "--help"])
        assert type(found.value).__name__ == "Exit"


def test_every_option_named_in_passing_is_one() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "cargoworthy", "serve", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    named = set(re.findall(r"`(?:serve )?(--[a-z-]+)`", TEXT))
    assert {"--drain", "--ledger"} <= named
    for option in named:
        assert option in told


def test_every_metric_is_measured(fresh: httpx.Client) -> None:
    fresh.post("/v1/scores", json={"enterprise_id": STRONG, "as_of": "2023-01-01T00:00:00+08:00"})
    fresh.post("/v1/scores", json={"enterprise_id": UNKNOWN})
    fresh.post("/v1/scores:batch", json={"requests": [{"enterprise_id": "x"}]})
    fresh.get("/none")
    found = fresh.get("/metrics").text
    for name in re.findall(r"`(cargoworthy_\w+)`", TEXT):
        assert re.search(rf"^{name}(_bucket)?[ {{]", found, re.MULTILINE), name
    for label in ("route", "method", "status", "stage", "grade", "code", "cause", "stream"):
        assert f"`{label}`" in TEXT or f'{label}="' in TEXT
        assert f'{label}="' in found


def test_the_ages_are_those_of_the_newest_messages(fresh: httpx.Client) -> None:
    from tests.serving.conftest import NOW, populate

    newest: dict[str, int] = {}
    for stream, messages in populate().messages.items():
        newest[stream] = max(int(message["recorded_at"]) for message in messages)
    found = fresh.get("/metrics").text
    told = re.findall(r'newest_message_age_seconds\{stream="(\w+)"\} (\S+)', found)
    assert {stream: float(age) for stream, age in told} == {
        stream: (NOW - at) / 1_000_000 for stream, at in newest.items()
    }


def test_every_problem_is_one_that_the_service_tells() -> None:
    source = "".join(path.read_text() for path in (ROOT / "serving").rglob("*.py"))
    named = re.findall(r"^\| (?:\d+ )?`([a-z]+(?:-[a-z]+)+)` \|", TEXT, re.MULTILINE)
    assert len(named) >= 8
    for code in [*named, "internal-error"]:
        assert f'"{code}"' in source


def test_every_path_of_the_program_is_there_or_made_by_it() -> None:
    for path in re.findall(r"`((?:docs|tests|serving|configs)/[\w./-]+)`", TEXT):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"\]\(([\w./-]+)\)", TEXT):
        assert (ROOT / "docs" / path).exists(), path


def test_prometheus_is_told_where_tokens_are_and_what_they_open() -> None:
    block = next(block for block in blocks() if "scrape_configs" in block)
    (job,) = yaml.safe_load(block)["scrape_configs"]
    asked = job["oauth2"]
    assert httpx.URL(asked["token_url"]).path in {route.path for route in tokens.routes}  # type: ignore[attr-defined]
    assert f"client add {asked['client_id']} --role administrator" in TEXT
    assert Scope.METRICS_READ in SCOPES[Role.ADMINISTRATOR]


def test_a_ledger_is_backed_up_and_restored_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    line = next(words for words in commands() if words[0] == "python")
    with Ledger.open(f"sqlite:///{tmp_path}/var/ledger.db") as ledger:
        ledger.append(ENTRY)
        done = subprocess.run(
            [sys.executable, *line[1:]], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    shutil.rmtree(tmp_path / "var")
    with Ledger.open(f"sqlite:///{tmp_path}/ledger-backup.db", create=False) as restored:
        assert restored.entry(ENTRY.score_id) == ENTRY
        assert verification.verify(restored.engine, None).faults == ()


@pytest.mark.parametrize("words", [["serve", "--nonsense"], ["ledger", "migrate", "--ledge"]])
def test_a_misspelt_option_would_be_found(words: list[str]) -> None:
    with pytest.raises(Exception, match=r"[Nn]o such option"):
        parse(words)
