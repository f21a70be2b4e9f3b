"""The console to try: filled by one command, and not twice."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from serving.access import consents as log
from serving.access.store import Store
from serving.console.cases import cases_of
from serving.console.officers.cli import app
from serving.console.officers.role import OfficerRole
from serving.console.officers.roster import Roster
from serving.console.officers.sessions import prepare
from serving.ledger import Ledger
from serving.state import wall_clock
from tests.serving.conftest import STRONG, World


def run(world: World, ledger: str, *more: str) -> tuple[str, str]:
    options = ["--database", world.database, "--models", str(world.models), "--ledger", ledger]
    options += ["--promotion-key", str(world.models / "no-key.pub")]
    span = ["--from", "2022-10", "--to", "2022-11", "--enterprises", "3", *more]
    found = CliRunner().invoke(app, ["demo", *options, *span])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.stdout, found.stderr


def test_one_command_fills_the_console_and_again_adds_nothing(world: World, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    password, said = run(world, url, "--tenant", "BANK-7")
    assert "6 new scores" in said.replace("\n", " ")
    assert password.strip() not in said
    store = Store(url, (log.prepare, prepare))
    roster = Roster(store)
    assert {one.role for one in roster.all()} >= {OfficerRole.OFFICER, OfficerRole.APPROVER}
    assert roster.enter("chen.jing", password.strip(), wall_clock()).officer is not None
    with Ledger.open(url) as ledger:
        before = cases_of(ledger.engine, "BANK-7", wall_clock())
    assert len(before) == 3
    other, said = run(world, url, "--tenant", "BANK-7")
    assert "0 new scores" in said.replace("\n", " ")
    assert other != password
    with Ledger.open(url) as ledger:
        assert cases_of(ledger.engine, "BANK-7", wall_clock()) == before
    store.close()


def test_a_lender_that_nobody_knows_is_told(world: World, tmp_path: Path) -> None:
    from supervision.errors import UsageError

    with pytest.raises(UsageError, match="reported a facility"):
        run(world, f"sqlite:///{tmp_path}/ledger.db", "--tenant", STRONG)
