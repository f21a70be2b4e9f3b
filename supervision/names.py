"""Names as numbers: every party, lot, warehouse and good is kept once and stands as its number.

A name with check characters of its own (credit code, cargo code) is checked when it is first
met, not at every row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sqlalchemy.engine import Connection

from supervision.cargo_code import CargoCode, CargoCodeError
from supervision.credit_code import is_credit_code
from supervision.database import among, bound, fetch, insert
from supervision.reasons import Reason
from supervision.tables import LOT, NAME

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_MOST = 500_000
"""Names held in memory; the older half is let go when there are more."""


@dataclass
class Names:
    """The record's names, as one ingestion sees them.

    Parameters
    ----------
    port_key : bytes or None
        Key under which the port issues cargo codes; without it forgeries go unnoticed.
    """

    port_key: bytes | None = None
    _numbers: dict[str | None, dict[str, int]] = field(default_factory=dict)

    def faults(self, check: str, texts: Iterable[str]) -> dict[str, Reason]:
        """Those names whose own check characters do not fit, and what is wrong with them.

        Parameters
        ----------
        check : {"credit_code", "cargo_code"}
        texts : iterable of str
        """
        sound = self._numbers.setdefault(check, {})
        checked = ((text, self._checked(check, text)) for text in texts if text not in sound)
        return {text: reason for text, reason in checked if reason is not None}

    def numbers(self, connection: Connection, texts: list[str], check: str | None) -> list[int]:
        """Numbers of names; a name not met before gets the next one, within the transaction.

        Parameters
        ----------
        connection : Connection
        texts : list of str
            No name twice.
        check : {"credit_code", "cargo_code"} or None
            The check that all of them have passed. What is held in memory under a check has
            passed it, and of every cargo code held the parts are in the record.
        """
        held = self._numbers.setdefault(check, {})
        found = [held.get(text) for text in texts]
        if None in found:
            unknown = [text for text, number in zip(texts, found, strict=True) if number is None]
            new = self._numbered(connection, unknown)
            if check == "cargo_code":
                self._keep_lots(connection, new)
            held.update(new)
            found = [held[text] for text in texts]
            _shrink(held)
        return [number for number in found if number is not None]

    def forget(self) -> None:
        """Let go of all names, as after a transaction that was undone."""
        self._numbers.clear()

    def _numbered(self, connection: Connection, texts: list[str]) -> dict[str, int]:
        known = numbers_of(connection, texts)
        new = sorted(text for text in texts if text not in known)
        if new:
            ((newest,),) = fetch(connection, "SELECT COALESCE(MAX(number), 0) FROM name")
            rows = [(number, text) for number, text in enumerate(new, int(newest) + 1)]
            insert(connection, NAME, ("number", "text"), rows)
            known.update((text, number) for number, text in rows)
        return known

    def _keep_lots(self, connection: Connection, lots: dict[str, int]) -> None:
        """Keep the parts of those cargo codes whose parts the record has not."""
        sql = f"SELECT lot FROM lot WHERE {among(connection, 'lot')}"  # noqa: S608
        rows = fetch(connection, sql, (bound(connection, sorted(lots.values())),))
        known = {lot for (lot,) in rows}
        new = {text: number for text, number in lots.items() if number not in known}
        parts = {text: text.split("-", 2)[:2] for text in new}
        owners = sorted({owner for owner, _ in parts.values()})
        goods = sorted({commodity for _, commodity in parts.values()})
        owner_of = dict(zip(owners, self.numbers(connection, owners, "credit_code"), strict=True))
        goods_of = dict(zip(goods, self.numbers(connection, goods, None), strict=True))
        lines = [(new[text], owner_of[o], goods_of[c]) for text, (o, c) in parts.items()]
        insert(connection, LOT, ("lot", "owner", "commodity"), sorted(lines))

    def _checked(self, check: str, text: str) -> Reason | None:
        if check == "credit_code":
            return None if is_credit_code(text) else Reason.BAD_CREDIT_CODE
        try:
            code = CargoCode.parse(text)
        except CargoCodeError:
            return Reason.BAD_CARGO_CODE
        if self.port_key is not None and not code.is_issued_under(self.port_key):
            return Reason.FORGED_CARGO_CODE
        return None


def numbers_of(connection: Connection, texts: list[str]) -> dict[str, int]:
    """Numbers of those of the names that the record has."""
    sql = f"SELECT text, number FROM name WHERE {among(connection, 'text', 'text')}"  # noqa: S608
    return {text: int(n) for text, n in fetch(connection, sql, (bound(connection, texts),))}


def texts_of(connection: Connection, numbers: list[int]) -> dict[int, str]:
    """Names of numbers that the record has."""
    sql = f"SELECT number, text FROM name WHERE {among(connection, 'number')}"  # noqa: S608
    return {int(n): text for n, text in fetch(connection, sql, (bound(connection, numbers),))}


def _shrink(kept: dict[_Key, _Value]) -> None:
    if len(kept) > _MOST:
        for key in list(islice(kept, len(kept) - _MOST // 2)):
            del kept[key]
