"""A case as the portfolio adds it up: its row, with the amounts that its newest answer told."""

from typing import NamedTuple

import orjson
from sqlalchemy.engine import Engine

from serving.console.cases import Case, rows_of

_ADDED = (
    "former_limit_fen", "exposure_fen", "loss_fen", "goods_fen", "pledged_fen", "stock",
)  # fmt: skip


class Holding(NamedTuple):
    """A case with its amounts, fen; a tuple, because one page makes twenty thousand of them.

    Attributes
    ----------
    case : Case
    former_limit_fen : int or None
        Of the last score of an earlier month.
    exposure_fen : int
        What is drawn already, at all lenders, and the suggested limit; 0 without a score.
    loss_fen : int
        Expected on it in a year.
    goods_fen : int
        What the eligible and the pledged goods are worth.
    pledged_fen : int
        What is secured on goods in custody.
    stock : dict of str to int
        Value of the goods in custody by HS chapter.
    """

    case: Case
    former_limit_fen: int | None
    exposure_fen: int
    loss_fen: int
    goods_fen: int
    pledged_fen: int
    stock: dict[str, int]


def holdings_of(ledger: Engine, tenant: str, now: int) -> list[Holding]:
    """All cases of a lender with their amounts, in no order.

    Parameters
    ----------
    ledger : Engine
    tenant : str
    now : int
        UTC microseconds: consents that do not hold then hide their enterprise.
    """
    fields = Case._fields
    width = len(fields)
    return [
        Holding(
            Case._make(row[:width]),
            row[width],
            row[width + 1] or 0,
            row[width + 2] or 0,
            row[width + 3] or 0,
            row[width + 4] or 0,
            orjson.loads(row[-1]) if row[-1] else {},
        )
        for row in rows_of(ledger, tenant, now, (*fields, *_ADDED))
    ]
