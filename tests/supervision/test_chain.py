"""Rows that hold the hash of the row before."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from supervision.chain import FIRST, BrokenChain, Chain, Link
from supervision.database import engine_of

TABLE = sa.Table(
    "deed",
    sa.MetaData(),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
CHAIN = Chain(TABLE)
TEXTS = ["one", "two", "drei", "四"]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = engine_of(f"sqlite:///{tmp_path}/chain.db", create=True)
    with engine.begin() as connection:
        TABLE.create(connection)
        CHAIN.extend(connection, [{"said": text} for text in TEXTS[:2]])
        CHAIN.extend(connection, [{"said": text} for text in TEXTS[2:]])
    yield engine
    engine.dispose()


def test_rows_come_back_in_order_each_with_the_hash_before(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = list(CHAIN.rows(connection))
        newest = CHAIN.newest(connection)
    assert [row["said"] for row in rows] == TEXTS
    assert [row["position"] for row in rows] == [1, 2, 3, 4]
    assert [row["previous_hash"] for row in rows] == [FIRST, *(row["hash"] for row in rows[:-1])]
    assert newest == Link(4, str(rows[-1]["hash"]))


def test_the_hash_can_be_reckoned_by_hand(engine: Engine) -> None:
    with engine.connect() as connection:
        first = next(CHAIN.rows(connection))
    row = {"position": 1, "previous_hash": "0" * 64, "said": "one"}
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    assert first["hash"] == hashlib.sha256(text.encode()).hexdigest()


def test_an_empty_chain_begins_with_zeros(tmp_path: Path) -> None:
    engine = engine_of(f"sqlite:///{tmp_path}/chain.db", create=True)
    with engine.begin() as connection:
        TABLE.create(connection)
        assert CHAIN.newest(connection) == Link(0, "0" * 64)
        assert CHAIN.extend(connection, []) == []
        assert list(CHAIN.rows(connection)) == []
    engine.dispose()


@pytest.mark.parametrize(
    ("statements", "position"),
    [
        (["UPDATE deed SET said = 'forged' WHERE position = 2"], 2),
        (["UPDATE deed SET hash = previous_hash WHERE position = 3"], 3),
        (["UPDATE deed SET position = 9 WHERE position = 4"], 4),
        (["DELETE FROM deed WHERE position = 1"], 1),
        (["DELETE FROM deed WHERE position = 3"], 3),
        (
            [
                "UPDATE deed SET position = -position WHERE position IN (1, 4)",
                "UPDATE deed SET position = position + 5 WHERE position < 0",
            ],
            1,
        ),
    ],
)
def test_the_first_row_that_is_not_what_was_written_is_named(
    engine: Engine, statements: list[str], position: int
) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    with engine.connect() as connection, pytest.raises(BrokenChain) as found:
        list(CHAIN.rows(connection))
    assert found.value.position == position


@given(st.integers(0, 3), st.text(min_size=1, max_size=8))
def test_any_other_text_is_found(place: int, other: str) -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        TABLE.create(connection)
        CHAIN.extend(connection, [{"said": text} for text in TEXTS])
        changed = sa.update(TABLE).where(TABLE.c.position == place + 1).values(said=other)
        connection.execute(changed)
        if other == TEXTS[place]:
            assert len(list(CHAIN.rows(connection))) == 4
        else:
            with pytest.raises(BrokenChain):
                list(CHAIN.rows(connection))
    engine.dispose()
