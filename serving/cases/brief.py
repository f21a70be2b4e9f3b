"""The brief of an answer: the few figures of it by which cases are listed and ordered."""

from collections.abc import Iterable
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
    def of(cls, row: dict[str, Any], answer: object = None) -> Self:
        """Of a row of the log of answers, or an entry's.

        Parameters
        ----------
        row : dict
        answer : object or None
            What its document was written from; None to parse that.
        """
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
        told = _read(row["document"]) if answer is None else answer
        limit, long_run = _part(told, "limit"), _part(told, "pd_through_the_cycle")
        by_cycle = _part(told, "graded_by") == "through_the_cycle" and long_run is not None
        lines, loss = _part(limit, "lines"), _part(limit, "expected_loss")
        stock = _part(_part(limit, "components"), "stock") or ()
        return cls(
            **frame,
            score=_part(told, "score"),
            grade=_part(told, "grade"),
            pd=long_run if by_cycle else _part(told, "pd"),
            limit_fen=_part(limit, "amount_fen"),
            binding=_part(limit, "binding"),
            goods=_part(lines, "standing"),
            missing_fen=_part(_part(lines, "alert"), "missing_fen"),
            exposure_fen=_part(loss, "ead_fen"),
            loss_fen=_part(loss, "expected_loss_fen"),
            goods_fen=_part(lines, "goods_fen"),
            pledged_fen=sum(_part(each, "pledged_fen") or 0 for each in stock),
            stock=_by_chapter(stock),
        )


def _part(told: object, name: str) -> Any:
    """What an answer or a part of it says, parsed or not; None where it does not.

    Answers of earlier forms lack some of it.
    """
    return told.get(name) if isinstance(told, dict) else getattr(told, name, None)


def _read(document: str) -> dict[str, Any]:
    """What a document says; the log takes any text, and of what is no JSON nothing is known."""
    try:
        told: dict[str, Any] = orjson.loads(document)
    except orjson.JSONDecodeError:
        return {}
    return told


def _by_chapter(stock: Iterable[object]) -> str:
    values: dict[str, int] = {}
    for each in stock:
        chapter = _part(each, "chapter") or UNKNOWN
        values[chapter] = values.get(chapter, 0) + (_part(each, "value_fen") or 0)
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
