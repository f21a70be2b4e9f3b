"""The supervision room's commands."""

import json
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from supervision import cli
from supervision.errors import CargoworthyError, UsageError
from supervision.files import FileError
from tests.supervision.facts import KEY, Row, fact, lot, write

APP = typer.Typer()
APP.command()(cli.ingest)
APP.add_typer(cli.record, name="record")


class Shell:
    """Runs commands in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = f"sqlite:///{folder / 'record.db'}"

    def run(self, *arguments: str) -> str:
        place = ["--database", self.database]
        if arguments[0] == "ingest":
            place += ["--archive", str(self.folder / "archive")]
        return self.alone(*arguments, *place)

    def alone(self, *arguments: str) -> str:
        """Run a command that asks no record."""
        found = CliRunner().invoke(APP, arguments)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        assert found.exit_code == 0, found.output
        return found.stdout


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def custody(folder: Path, rows: list[Row]) -> str:
    return str(write(folder / "custody.parquet", rows))


def test_ingest_tells_what_became_of_each_file(shell: Shell):
    rows = [fact("custody", 1), fact("custody", 1), fact("custody", 2, unit="t")]
    shown = shell.run("ingest", custody(shell.folder, rows))
    assert "custody.parquet" in shown
    told = json.loads(
        shell.run("ingest", str(shell.folder / "custody.parquet"), "--format", "json")
    )
    assert told["files"][0]["counts"] == {
        "received": 3,
        "accepted": 0,
        "quarantined": 0,
        "duplicate": 3,
    }
    assert told["files"][0]["repeats"] == 1


def test_status_is_json_alone_when_asked(shell: Shell):
    shell.run("ingest", custody(shell.folder, [fact("custody", 1), fact("custody", 2, unit="t")]))
    told = json.loads(shell.run("record", "status", "--format", "json"))
    found = next(s for s in told["streams"] if s["stream"] == "custody")
    assert found["counts"] == {"received": 2, "accepted": 1, "quarantined": 1, "duplicate": 0}
    assert found["reasons"] == {"wrong_unit": 1}
    assert "custody" in shell.run("record", "status")


def test_what_is_ingested_is_received_now(shell: Shell):
    shell.run("ingest", custody(shell.folder, [fact("custody", 1)]))
    told = json.loads(shell.run("record", "status", "--format", "json"))
    newest = max(s["newest_known_at"] or 0 for s in told["streams"])
    assert abs(newest - time.time_ns() // 1000) < 60_000_000


def test_a_backfill_is_known_when_its_provider_knew_it(shell: Shell):
    row = fact("custody", 1)
    path = custody(shell.folder, [row])
    shell.run("ingest", path, "--backfill", "warehouse joins", "--by", "lin")
    told = json.loads(shell.run("record", "status", "--format", "json"))
    assert max(s["newest_known_at"] or 0 for s in told["streams"]) == row["recorded_at"]


@pytest.mark.parametrize("option", ["--backfill", "--by"])
def test_a_backfill_needs_a_reason_and_a_name(shell: Shell, option: str):
    with pytest.raises(UsageError, match="together"):
        shell.run("ingest", custody(shell.folder, [fact("custody", 1)]), option, "x")


def test_the_ports_key_is_read_in_hexadecimal(shell: Shell):
    key = shell.folder / "port.key"
    key.write_text(KEY.hex() + "\n")
    rows = [fact("custody", 1), fact("custody", 2, cargo_code=lot(2, key=b"other"))]
    path = custody(shell.folder, rows)
    told = json.loads(shell.run("ingest", path, "--port-key", str(key), "--format", "json"))
    assert told["files"][0]["reasons"] == {"forged_cargo_code": 1}


@pytest.mark.parametrize("content", [None, "", "not hexadecimal"])
def test_a_key_that_cannot_be_read_is_a_wrong_call(shell: Shell, content: str | None):
    key = shell.folder / "port.key"
    if content is not None:
        key.write_text(content)
    path = custody(shell.folder, [fact("custody", 1)])
    with pytest.raises(UsageError, match="port's key"):
        shell.run("ingest", path, "--port-key", str(key))


def test_a_path_that_is_not_there_is_a_wrong_call(shell: Shell):
    with pytest.raises(UsageError, match="found nothing"):
        shell.run("ingest", str(shell.folder / "custody.parquet"))
    assert not (shell.folder / "record.db").exists()


def test_a_file_that_cannot_be_read_fails_the_call_at_its_end(shell: Shell):
    path = custody(shell.folder, [fact("custody", 1)])
    (shell.folder / "weather.csv").write_text("rain\n")
    with pytest.raises(CargoworthyError, match=r"weather\.csv") as failed:
        shell.run("ingest", str(shell.folder / "weather.csv"), path)
    assert not isinstance(failed.value, UsageError | FileError)
    told = json.loads(shell.run("record", "status", "--format", "json"))
    assert told["position"] == 1


def test_the_status_of_no_record_is_a_clear_error(shell: Shell):
    with pytest.raises(CargoworthyError, match="cargoworthy ingest"):
        shell.run("record", "status")


def test_schemas_are_written(tmp_path: Path):
    found = CliRunner().invoke(APP, ["record", "schema", "--out", str(tmp_path)])
    assert found.exit_code == 0
    assert (tmp_path / "schemas" / "custody.json").exists()
    assert (tmp_path / "data-dictionary.md").exists()


def test_a_later_file_of_a_call_is_received_later(shell: Shell):
    first = custody(shell.folder, [fact("custody", 1)])
    second = str(write(shell.folder / "title.parquet", [fact("title", 1, message_id="t-1")]))
    shell.run("ingest", first, second)
    told = json.loads(shell.run("record", "status", "--format", "json"))
    newest = {s["stream"]: s["newest_known_at"] for s in told["streams"]}
    assert newest["custody"] < newest["title"]


def test_the_status_tells_a_damaged_file_from_an_interrupted_one(shell: Shell):
    path = Path(custody(shell.folder, [fact("custody", n) for n in range(5000)]))
    content = bytearray(path.read_bytes())
    content[200:20_000] = bytes(len(content[200:20_000]))
    path.write_bytes(content)
    with pytest.raises(CargoworthyError, match="damaged after row 0"):
        shell.run("ingest", str(path))
    shown = shell.run("record", "status")
    assert "damaged after row 0" in shown
    assert "interrupted" not in shown


def test_rows_in_quarantine_are_shown_with_their_place_and_what_to_do(shell: Shell):
    rows = [fact("custody", 1), fact("custody", 2, unit="t"), fact("custody", 3, kind="lost")]
    shell.run("ingest", custody(shell.folder, rows))
    shown = shell.run("record", "quarantine")
    assert "custody.parquet row 2: wrong_unit" in shown
    assert "custody.parquet row 3: unknown_kind" in shown
    only = json.loads(
        shell.run("record", "quarantine", "--reason", "wrong_unit", "--format", "json")
    )
    assert [(one["row"], one["reason"]) for one in only] == [(2, "wrong_unit")]
    assert json.loads(only[0]["content"])["unit"] == "t"
    assert "no such row" in shell.run("record", "quarantine", "--stream", "pledge")


def test_old_messages_that_come_in_as_news_are_pointed_out(
    shell: Shell, capsys: pytest.CaptureFixture[str]
):
    place = ["--database", shell.database, "--archive", str(shell.folder / "archive")]
    old = custody(shell.folder, [fact("custody", 1)])
    found = CliRunner().invoke(APP, ["ingest", old, *place])
    assert "--backfill" in found.stderr
    declared = ["--backfill", "joins", "--by", "lin"]
    other = str(write(shell.folder / "title.parquet", [fact("title", 2)]))
    found = CliRunner().invoke(APP, ["ingest", other, *place, *declared])
    assert "--backfill" not in found.stderr
