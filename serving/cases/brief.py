"""The brief of an answer: the few figures of it by which cases are listed and ordered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import orjson

from serving.limits.amounts import UNKNOWN

_SHANGHAI = timedelta(hours=8)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Brief:
    """What a worklist shows of one answer.

    Attributes
    ----------
    tenant, enterprise_id, score_id : str
    as_of, answered_at : int
        UTC microseconds.
    month : int
        Of the as-of at the port, counted from year 0: 12 x year + month.
    status : str
        ``scored`` or ``insufficient_data``.
    reference : str or None
        The lender's own, as its system stated it.
    score : int or None
    grade : str or None
    pd : float or None
        By which the grade was given.
    limit_fen : int or None
    binding : str or None
    goods : str or None
        Where the goods stand: ``above`` both lines, below ``alert`` or ``close_out``.
    missing_fen : int or None
        What the goods lack of the alert line.
    exposure_fen, loss_fen : int or None
        What is drawn already and the suggested limit, and the loss expected on it in a year.
    goods_fen : int or None
        What the eligible and the pledged goods are worth.
    pledged_fen : int or None
        What is secured on goods in custody.
    stock : str or None
        Value of the goods in custody by HS chapter, fen: JSON.
    """

    tenant: str
    enterprise_id: str
    score_id: str
    as_of: int
    answered_at: int
    month: int
    status: str
    reference: str | None
    score: int | None = None
    grade: str | None = None
    pd: float | None = None
    limit_fen: int | None = None
    binding: str | None = None
    goods: str | None = None
    missing_fen: int | None = None
    exposure_fen: int | None = None
    loss_fen: int | None = None
    goods_fen: int | None = None
    pledged_fen: int | None = None
    stock: str | None = None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Of a row of the log of answers, or an entry's."""
        told = _read(row["document"])
        frame = {
            "tenant": row["tenant"],
            "enterprise_id": row["enterprise_id"],
            "score_id": row["score_id"],
            "as_of": row["as_of"],
            "answered_at": row["answered_at"],
            "month": month_of(row["as_of"]),
            "status": row["status"],
            "reference": row["client_reference"],
        }
        if row["status"] != "scored":
            return cls(**frame)
        # Answers of earlier forms lack some of it.
        limit, long_run = told.get("limit", {}), told.get("pd_through_the_cycle")
        by_cycle = told.get("graded_by") == "through_the_cycle" and long_run is not None
        lines, loss = limit.get("lines", {}), limit.get("expected_loss", {})
        stock = limit.get("components", {}).get("stock", ())
        return cls(
            **frame,
            score=told.get("score"),
            grade=told.get("grade"),
            pd=long_run if by_cycle else told.get("pd"),
            limit_fen=limit.get("amount_fen"),
            binding=limit.get("binding"),
            goods=lines.get("standing"),
            missing_fen=lines.get("alert", {}).get("missing_fen"),
            exposure_fen=loss.get("ead_fen"),
            loss_fen=loss.get("expected_loss_fen"),
            goods_fen=lines.get("goods_fen"),
            pledged_fen=sum(each.get("pledged_fen", 0) for each in stock),
            stock=_by_chapter(stock),
        )


def _read(document: str) -> dict[str, Any]:
    """What a document says; the log takes any text, and of what is no JSON nothing is known."""
    try:
        told: dict[str, Any] = orjson.loads(document)
    except orjson.JSONDecodeError:
        return {}
    return told


def _by_chapter(stock: Iterable[Mapping[str, Any]]) -> str:
    values: dict[str, int] = {}
    for each in stock:
        chapter = str(each.get("chapter", UNKNOWN))
        values[chapter] = values.get(chapter, 0) + each.get("value_fen", 0)
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()


def month_of(micros: int) -> int:
    """Month of a time at the port, counted from year 0.

    Examples
    --------
    >>> month_of(0) == 12 * 1970 + 1
    True
    """
    at = _EPOCH + timedelta(microseconds=micros) + _SHANGHAI
    return 12 * at.year + at.month
