"""The roster from the command line: passwords are asked for, never shown."""

from pathlib import Path

from typer.testing import CliRunner

from serving.console.officers.cli import app

PASSWORD = "harbour lantern rope tide"  # noqa: S105


def test_officers_are_added_listed_reset_and_disabled(tmp_path: Path) -> None:
    ledger = ["--ledger", f"sqlite:///{tmp_path}/ledger.db"]
    run, twice = CliRunner(), f"{PASSWORD}\n{PASSWORD}\n"
    added = run.invoke(
        app, ["add", "li.wei", "--tenant", "bank", "--role", "approver", *ledger], input=twice
    )
    assert added.exit_code == 0, added.output
    assert PASSWORD not in added.output
    assert "li.wei  bank  approver\n" in run.invoke(app, ["list", *ledger]).output
    assert run.invoke(app, ["reset", "li.wei", *ledger], input=twice).exit_code == 0
    assert run.invoke(app, ["disable", "li.wei", *ledger]).exit_code == 0
    assert "disabled" in run.invoke(app, ["list", *ledger]).output


def test_a_password_is_no_argument() -> None:
    for command in ("add", "reset"):
        assert "password" not in " ".join(
            word
            for word in CliRunner().invoke(app, [command, "--help"]).output.split()
            if word.startswith("--")
        )
