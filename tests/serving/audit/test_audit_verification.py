"""Whatever an attacker past the triggers does to the audit log, a verification finds it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from serving.audit import cli
from serving.audit.log import AUDIT, Event
from serving.audit.seals import SEAL, SEALING, seal
from serving.audit.verification import Verified, verify
from serving.ledger import SCORE, Ledger
from supervision.database import engine_of, is_sqlite
from supervision.errors import CargoworthyError, UsageError
from tests.serving.test_ledger import ENTRY, emptied

TABLES = ("score", "audit", "audit_seal")
ROWS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return emptied(str(request.getfixturevalue("postgresql")))


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """Six answers, sealed in two steps, and the seventh not yet."""
    with Ledger.open(url) as ledger:
        for number in range(ROWS):
            ledger.append(replace(ENTRY, score_id=f"score-{number}", document=b'{"n":%d}' % number))
            if number == 2:
                assert seal(ledger.engine, all_rows=True) == 3
        assert seal(ledger.engine, all_rows=False) == 3
        yield ledger


def attack(ledger: Ledger, *statements: str) -> None:
    """Change rows as one who may drop the triggers."""
    with ledger.engine.begin() as connection:
        for table in TABLES:
            if is_sqlite(connection):
                for kind in ("update", "delete", "replace"):
                    connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_no_{kind}"))
            else:
                connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_what_was_not_touched_is_as_it_was_written(ledger: Ledger) -> None:
    found = verify(ledger.engine)
    assert (found.sealed, found.scores, found.unsealed, found.unaudited) == (ROWS, ROWS, 0, 0)
    assert found.faults == ()
    with ledger.engine.connect() as connection:
        newest = connection.execute(
            sa.select(SEAL.c.hash).order_by(SEAL.c.position.desc()).limit(1)
        ).scalar()
    assert found.newest_hash == newest
    for noted in (found.newest_hash, found.newest_hash[:16]):
        assert verify(ledger.engine, known=noted).faults == ()


def test_the_tail_without_a_seal_is_counted(ledger: Ledger) -> None:
    ledger.append(replace(ENTRY, score_id="the seventh", answered_at=7))
    ledger.note(Event("replay", "score-1", "bank", "bank", 8))
    found = verify(ledger.engine)
    assert (found.unsealed, found.unsealed_since, found.scores) == (2, 7, ROWS + 1)
    assert found.faults == ()
    assert seal(ledger.engine, all_rows=False) == 2
    assert verify(ledger.engine).unsealed == 0


EDITS = {
    "a score's text": ["UPDATE score SET document = '{\"n\":9}' WHERE score_id = 'score-1'"],
    "whose score it is": ["UPDATE score SET tenant = 'other' WHERE score_id = 'score-1'"],
    "a score and its row's digest": [
        "UPDATE score SET document = '{}' WHERE score_id = 'score-1'",
        "UPDATE audit SET digest = repeat('0', 64) WHERE subject = 'score-1'",
    ],
    "who asked": ["UPDATE audit SET client_id = 'nobody' WHERE subject = 'score-4'"],
    "when": ["UPDATE audit SET at = at + 1 WHERE subject = 'score-0'"],
    "a seal": ["UPDATE audit_seal SET audit_digest = hash WHERE position = 2"],
    "a seal's hash": ["UPDATE audit_seal SET hash = audit_digest WHERE position = 6"],
}
DELETIONS = {
    "a score": ["DELETE FROM score WHERE score_id = 'score-3'"],
    "a row": ["DELETE FROM audit WHERE subject = 'score-3'"],
    "a row and its seal": [
        "DELETE FROM audit_seal WHERE position = 4",
        "DELETE FROM audit WHERE subject = 'score-3'",
    ],
    "a row, its seal and its score": [
        "DELETE FROM audit_seal WHERE position = 4",
        "DELETE FROM audit WHERE subject = 'score-3'",
        "DELETE FROM score WHERE score_id = 'score-3'",
    ],
    "the newest row and its seal": [
        "DELETE FROM audit_seal WHERE position = 6",
        "DELETE FROM audit WHERE subject = 'score-5'",
    ],
    "the first seal": ["DELETE FROM audit_seal WHERE position = 1"],
}
REORDERS = {
    "two rows change numbers": [
        "UPDATE audit SET number = -number WHERE subject IN ('score-1', 'score-4')",
        "UPDATE audit SET number = (SELECT SUM(-number) FROM audit AS a WHERE a.number < 0) "
        "+ number WHERE subject = 'score-1'",
        "UPDATE audit SET number = (SELECT audit_number FROM audit_seal WHERE position = 2) "
        "WHERE subject = 'score-4'",
    ],
    "two seals change places": [
        "UPDATE audit_seal SET position = -position WHERE position IN (2, 5)",
        "UPDATE audit_seal SET position = position + 7 WHERE position < 0",
    ],
}
ATTACKS = {**EDITS, **DELETIONS, **REORDERS}


@pytest.mark.parametrize("statements", ATTACKS.values(), ids=ATTACKS)
def test_an_edit_a_deletion_a_reorder_is_found(ledger: Ledger, statements: list[str]) -> None:
    if is_sqlite(ledger.engine):
        statements = [one.replace("repeat('0', 64)", f"'{'0' * 64}'") for one in statements]
    attack(ledger, *statements)
    assert verify(ledger.engine).faults


def test_what_is_cut_off_at_the_end_of_all_is_found_by_a_hash_that_was_noted(
    ledger: Ledger,
) -> None:
    noted = verify(ledger.engine).newest_hash
    attack(
        ledger,
        "DELETE FROM audit_seal WHERE position = 6",
        "DELETE FROM audit WHERE subject = 'score-5'",
        "DELETE FROM score WHERE score_id = 'score-5'",
    )
    assert verify(ledger.engine).faults == ()
    (fault,) = verify(ledger.engine, known=noted).faults
    assert "rows at its end are missing" in fault
    (fault,) = verify(ledger.engine, known=noted[:16]).faults
    assert noted[:16] in fault
    assert verify(ledger.engine, known="0" * 16).faults == ()
    for nonsense in ("", noted[:15], noted.upper(), "x" * 64):
        with pytest.raises(UsageError, match="copy it from an earlier verification"):
            verify(ledger.engine, known=nonsense)


@given(
    st.sampled_from(sorted(column.name for column in AUDIT.columns if column.name != "number")),
    st.integers(0, ROWS - 1),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
def test_no_column_of_no_row_can_be_edited_unseen(ledger: Ledger, column: str, number: int) -> None:
    where = AUDIT.c.subject == f"score-{number}"
    with ledger.engine.connect() as connection:
        row = connection.execute(sa.select(AUDIT).where(where)).mappings().one_or_none()
    assert row is not None
    kept, other = row[column], row[column] + 1 if column == "at" else f"{row[column]}x"[-64:]
    change = sa.update(AUDIT).where(AUDIT.c.number == row["number"])
    attack(ledger)
    with ledger.engine.begin() as connection:
        connection.execute(change.values({column: other}))
    assert verify(ledger.engine).faults
    with ledger.engine.begin() as connection:
        connection.execute(change.values({column: kept}))
    assert verify(ledger.engine).faults == ()


def test_scores_from_before_the_log_are_counted_and_no_fault(url: str) -> None:
    engine = engine_of(url, create=True)
    old = [c for c in SCORE.columns if c.name not in ("tenant", "client_id", "consent_id")]
    old = [c for c in old if c.name not in ("request", "enterprise_number")]
    with engine.begin() as connection:
        sa.Table("score", sa.MetaData(), *(c._copy() for c in old)).create(connection)
        row = {c.name: ENTRY.row()[c.name] for c in old if c.name != "number"}
        connection.execute(sa.insert(SCORE), {**row, "score_id": "old"})
    engine.dispose()
    with Ledger.open(url) as ledger:
        assert ledger.document("old") == ENTRY.document
        ledger.append(ENTRY)
        found = verify(ledger.engine)
        assert (found.unaudited, found.scores, found.faults) == (1, 1, ())
        entry = ledger.entry("old")
        assert entry is not None
        assert (entry.tenant, entry.client_id, entry.request) == ("open", "open", None)
        attack(ledger, "DELETE FROM audit")
        ledger.append(replace(ENTRY, score_id="newer"))
        attack(ledger, "DELETE FROM audit WHERE subject = 'newer'")
        ledger.append(replace(ENTRY, score_id="newest"))
        assert verify(ledger.engine).unaudited == 3


def test_a_row_that_commits_late_under_an_early_number_is_sealed(ledger: Ledger) -> None:
    attack(ledger, "DELETE FROM audit_seal")
    with ledger.engine.begin() as connection:
        late = connection.execute(sa.select(AUDIT).where(AUDIT.c.subject == "score-2")).mappings()
        row = dict(late.one())
        connection.execute(sa.delete(AUDIT).where(AUDIT.c.subject == "score-2"))
    assert seal(ledger.engine, all_rows=False) == ROWS - 1
    with ledger.engine.begin() as connection:
        connection.execute(sa.insert(AUDIT), row)
    assert seal(ledger.engine, all_rows=False) == 1
    assert verify(ledger.engine).faults == ()


def test_one_seals_at_a_time(ledger: Ledger, url: str) -> None:
    with SEALING.held(ledger.engine) as alone, Ledger.open(url) as other:
        assert alone
        with SEALING.held(other.engine) as too:
            assert not too


def test_the_commands_seal_and_verify_and_tell_a_fault_by_their_exit(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    with Ledger.open(url) as ledger:
        ledger.append(ENTRY)
        runner = CliRunner()
        assert "1 rows sealed" in runner.invoke(cli.app, ["seal", "--ledger", url]).output
        found = runner.invoke(cli.app, ["verify", "--ledger", url, "--format", "json"])
        assert found.exit_code == 0
        assert '"faults": []' in found.output
        attack(ledger, "UPDATE score SET document = 'forged'")
    found = runner.invoke(cli.app, ["verify", "--ledger", url])
    assert isinstance(found.exception, CargoworthyError)
    assert f"score {ENTRY.score_id} was changed" in found.output
    missing = runner.invoke(cli.app, ["verify", "--ledger", f"sqlite:///{tmp_path}/none.db"])
    assert isinstance(missing.exception, CargoworthyError)
    assert "found no file" in str(missing.exception)


def test_nothing_logged_is_nothing_wrong(url: str) -> None:
    with Ledger.open(url) as ledger:
        assert verify(ledger.engine) == Verified(0, "0" * 64, 0, None, 0, 0, ())
