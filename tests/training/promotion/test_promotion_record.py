import hashlib
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from supervision.database import DatabaseMissing, engine_of
from supervision.errors import UsageError
from training.promotion.errors import PromotionRecordFailure
from training.promotion.record import PROMOTION, Promotion, PromotionRecord

ONE = Promotion(
    name="sme-pd",
    version="7",
    model_hash="a" * 64,
    report_sha256="b" * 64,
    verdict="green",
    promoted_by="陈静",
    reason="yearly retraining",
    exceptions="[]",
    promoted_at=1_672_502_400_000_001,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/promotions.db"
    found = str(request.getfixturevalue("postgresql"))
    engine = engine_of(found)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS promotion"))
    engine.dispose()
    return found


def change(url: str, *statements: str) -> None:
    engine = engine_of(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
    finally:
        engine.dispose()


def test_promotions_are_read_back_in_order_each_with_the_hash_before(url: str) -> None:
    with PromotionRecord.open(url) as record:
        made = [record.append(replace(ONE, version=str(k))) for k in (7, 8, 7)]
    with PromotionRecord.open(url) as record:
        assert record.entries() == tuple(made)
    assert [one.position for one in made] == [1, 2, 3]
    assert made[0].previous_hash == "0" * 64
    assert made[2].previous_hash == made[1].hash


def test_the_hash_can_be_reckoned_by_hand(tmp_path: Path) -> None:
    with PromotionRecord.open(f"sqlite:///{tmp_path}/p.db") as record:
        entry = record.append(ONE)
    row = {**vars(ONE), "position": 1, "previous_hash": "0" * 64}
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    assert entry.hash == hashlib.sha256(text.encode()).hexdigest()
    with sqlite3.connect(tmp_path / "p.db") as connection:
        assert connection.execute("SELECT hash FROM promotion").fetchall() == [(entry.hash,)]
    connection.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE promotion SET reason = 'forged'", "DELETE FROM promotion"]
)
def test_the_database_itself_refuses_to_change_a_promotion(url: str, statement: str) -> None:
    with PromotionRecord.open(url) as record:
        made = record.append(ONE)
        with pytest.raises(DBAPIError, match="append-only"):
            change(url, statement)
        assert record.entries() == (made,)


def test_postgresql_refuses_to_empty_the_record(postgresql: str) -> None:
    with PromotionRecord.open(postgresql) as record:
        made = record.append(ONE)
        with pytest.raises(DBAPIError, match="append-only"):
            change(postgresql, "TRUNCATE promotion")
        assert made in record.entries()


def test_sqlite_refuses_to_replace_a_promotion(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/p.db"
    with PromotionRecord.open(url) as record:
        made = record.append(ONE)
        engine = engine_of(url)
        forged = {**made.row(), "reason": "forged"}
        for row in ({**forged, "hash": "f" * 64}, {**forged, "position": 2}):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(sa.insert(PROMOTION).prefix_with("OR REPLACE"), row)
        engine.dispose()
        assert record.entries() == (made,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE promotion SET reason = 'forged' WHERE position = 2",
        "UPDATE promotion SET promoted_at = 1 WHERE position = 3",
        "UPDATE promotion SET position = 9 WHERE position = 3",
        "DELETE FROM promotion WHERE position = 2",
        "DELETE FROM promotion WHERE position = 1",
    ],
)
def test_what_was_changed_past_the_triggers_shows(tmp_path: Path, statement: str) -> None:
    url = f"sqlite:///{tmp_path}/p.db"
    with PromotionRecord.open(url) as record:
        for k in range(3):
            record.append(replace(ONE, version=str(k)))
        change(
            url, "DROP TRIGGER promotion_no_update", "DROP TRIGGER promotion_no_delete", statement
        )
        with pytest.raises(PromotionRecordFailure, match="is not what was written"):
            record.entries()
        with pytest.raises(PromotionRecordFailure, match="is not what was written"):
            record.append(ONE)


def test_promotions_at_the_same_time_stand_one_behind_the_other(url: str) -> None:
    def promote(k: int) -> None:
        with PromotionRecord.open(url) as record:
            record.append(replace(ONE, version=str(k)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(promote, range(8)))
    with PromotionRecord.open(url) as record:
        found = record.entries()
    assert sorted(one.promotion.version for one in found) == [str(k) for k in range(8)]


def test_signers_are_told_from_the_exceptions() -> None:
    kept = [{"statement": {"person": name}} for name in ("Li Wei", "Zhao Min")]
    assert replace(ONE, exceptions=json.dumps(kept)).signers == ("Li Wei", "Zhao Min")
    assert ONE.signers == ()


OPENED: list[tuple[Callable[[Path], str], type[Exception], str]] = [
    (lambda folder: f"sqlite:///{folder}/file/p.db", PromotionRecordFailure, "check --promotions"),
    (lambda _: "postgresql://nobody@127.0.0.1:9/p", PromotionRecordFailure, "check --promotions"),
    (lambda _: "mysql://somewhere/p", UsageError, "database URL"),
]


@pytest.mark.parametrize(("url_in", "error", "message"), OPENED)
def test_a_record_that_cannot_be_opened_is_told_in_one_line(
    tmp_path: Path, url_in: Callable[[Path], str], error: type[Exception], message: str
) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")
    with pytest.raises(error, match=message) as failure:
        PromotionRecord.open(url_in(tmp_path))
    assert "\n" not in str(failure.value)


def test_reading_makes_no_record(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        PromotionRecord.open(f"sqlite:///{tmp_path}/p.db", create=False)
    assert list(tmp_path.iterdir()) == []
