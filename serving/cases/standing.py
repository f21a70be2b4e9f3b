"""How each case stands: one row a lender and enterprise, kept up in the commit of each score.

It says nothing that the log of answers does not, and can be made anew from it; a worklist of
twenty thousand cases could not read that many answers. The former score is the last one of an
earlier month, so that it tells what moved since then, however often a case is scored.
"""

from collections.abc import Iterable
from functools import cache
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from serving.access.row_security import protect
from serving.cases.brief import Brief
from supervision.database import placeholder, run

_BIG = sa.BigInteger()
STANDING = sa.Table(
    "case_standing",
    sa.MetaData(),
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("enterprise_id", sa.String(18), primary_key=True),
    sa.Column("score_id", sa.String(36), nullable=False),
    sa.Column("as_of", _BIG, nullable=False),
    sa.Column("answered_at", _BIG, nullable=False),
    sa.Column("month", sa.Integer, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("reference", sa.String(64)),
    sa.Column("score", sa.Integer),
    sa.Column("grade", sa.String(4)),
    sa.Column("pd", sa.Float),
    sa.Column("limit_fen", _BIG),
    sa.Column("binding", sa.String(20)),
    sa.Column("goods", sa.String(10)),
    sa.Column("missing_fen", _BIG),
    sa.Column("exposure_fen", _BIG),
    sa.Column("loss_fen", _BIG),
    sa.Column("goods_fen", _BIG),
    sa.Column("pledged_fen", _BIG),
    sa.Column("stock", sa.Text),
    sa.Column("former_score_id", sa.String(36)),
    sa.Column("former_as_of", _BIG),
    sa.Column("former_score", sa.Integer),
    sa.Column("former_grade", sa.String(4)),
    sa.Column("former_limit_fen", _BIG),
    sa.Column("former_goods", sa.String(10)),
)
"""One row a case."""

_FORMER = tuple(c.name.removeprefix("former_") for c in STANDING.c if c.name.startswith("former_"))
_NEWEST = tuple(
    c.name
    for c in STANDING.c
    if not c.name.startswith("former_") and c.name not in ("tenant", "enterprise_id")
)
_WRITTEN = ("tenant", "enterprise_id", *_NEWEST)
_NEWER = "excluded.as_of >= case_standing.as_of"
_NEXT_MONTH = "excluded.month > case_standing.month"
_FORMER_NOW = (
    "excluded.month < case_standing.month "
    "AND excluded.as_of >= COALESCE(case_standing.former_as_of, excluded.as_of)"
)
_AT_ONCE = 500


@cache
def _upsert(mark: str) -> str:
    """SQL that takes in an answer, whatever the order in which answers come."""
    changes = [
        f"former_{name} = CASE WHEN {_NEXT_MONTH} THEN case_standing.{name} "
        f"WHEN {_FORMER_NOW} THEN excluded.{name} ELSE case_standing.former_{name} END"
        for name in _FORMER
    ]
    changes += [
        f"{name} = CASE WHEN {_NEWER} THEN excluded.{name} ELSE case_standing.{name} END"
        for name in _NEWEST
    ]
    values = ", ".join([mark] * len(_WRITTEN))
    return (
        f"INSERT INTO case_standing ({', '.join(_WRITTEN)}) VALUES ({values}) "  # noqa: S608
        f"ON CONFLICT (tenant, enterprise_id) DO UPDATE SET {', '.join(changes)}"
    )


def prepare(connection: Connection) -> None:
    """Make the table where it is missing, and fill it from the answers where it lacks something.

    It does if it is empty, or a case with a score has no ``stock``: an earlier version wrote it,
    which knew no amounts. This one tells the stock of every score, if only that there is none, so
    what is filled once is not filled again. To take in answers anew changes nothing else.
    """
    STANDING.create(connection, checkfirst=True)
    _complete(connection)
    protect(connection, STANDING, "tenant = {tenant}")
    if _is_whole(connection):
        return
    answers = connection.execute(_ANSWERS.execution_options(yield_per=_AT_ONCE)).mappings()
    briefs = (Brief.of(dict(row)) for row in answers)
    while some := tuple(islice(briefs, _AT_ONCE)):
        keep(connection, some)


def _complete(connection: Connection) -> None:
    there = {column["name"] for column in sa.inspect(connection).get_columns(STANDING.name)}
    for column in STANDING.columns:
        if column.name not in there:
            declared = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {STANDING.name} ADD COLUMN {declared}")


def _is_whole(connection: Connection) -> bool:
    """Whether there are cases, and none of them lacks what this version writes."""
    some = sa.select(STANDING.c.tenant).limit(1)
    lacking = some.where(STANDING.c.status == "scored", STANDING.c.stock.is_(None))
    return bool(connection.execute(some).first()) and not connection.execute(lacking).first()


_ANSWERS = sa.text(
    "SELECT score_id, enterprise_id, as_of, answered_at, status, client_reference, document, "
    "tenant FROM score ORDER BY number"
)


def keep(connection: Connection, briefs: Iterable[Brief]) -> None:
    """Take in answers, in the open transaction.

    In one order of cases, so that two transactions never wait for each other.
    """
    inorder = sorted(map(vars, briefs), key=lambda row: (row["tenant"], row["enterprise_id"]))
    rows = [[row[name] for name in _WRITTEN] for row in inorder]
    if rows:
        run(connection, _upsert(placeholder(connection)), rows)
