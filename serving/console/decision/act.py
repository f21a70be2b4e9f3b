"""What an officer does about a score: one row of the log of decisions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Act(StrEnum):
    """Kinds of acts."""

    AGREED = "agreed"
    DOCUMENTS = "documents"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPENING = frozenset((Act.AGREED, Act.DOCUMENTS, Act.PROPOSED))
"""What can be done while no override waits."""
ENDING = frozenset((Act.CONFIRMED, Act.REFUSED, Act.WITHDRAWN))
"""What can be done about an override that waits."""


class Reason(StrEnum):
    """Codes of reasons for an override."""

    NOT_ON_RECORD = "not_on_record"
    WRONG_FACT = "wrong_fact"
    UNTYPICAL = "untypical"
    SUPPORT = "support"
    SECURITY = "security"
    CONDUCT = "conduct"
    MARKET = "market"
    LENDING_RULES = "lending_rules"
    OTHER = "other"


class Paper(StrEnum):
    """Codes of papers that can be asked for."""

    ACCOUNTS = "accounts"
    TAX_RETURNS = "tax_returns"
    BANK_STATEMENTS = "bank_statements"
    CONTRACTS = "contracts"
    INVOICES = "invoices"
    WAREHOUSE_RECEIPTS = "warehouse_receipts"
    COUNT_REPORT = "count_report"
    INSURANCE = "insurance"
    CUSTOMS = "customs"
    OWNERSHIP = "ownership"


@dataclass(frozen=True)
class Step:
    """One act about a score.

    Attributes
    ----------
    score_id, tenant, enterprise_id : str
    place : int
        Among the acts about this score, from 0: two acts in one place cannot be.
    act : Act
    at : int
        UTC microseconds.
    by, called : str
        The officer's name, and as pages show it.
    note : str
    reason : Reason or None
        Of an override.
    grade : str or None
        That an override gives.
    limit_fen : int or None
        That an override gives.
    stake_fen : int or None
        The larger of that limit and the suggested one.
    authority : str
        Who had to confirm, when it was proposed: a role, or names with commas.
    papers : tuple of Paper
        That were asked for.
    """

    score_id: str
    tenant: str
    enterprise_id: str
    place: int
    act: Act
    at: int
    by: str
    called: str
    note: str = ""
    reason: Reason | None = None
    grade: str | None = None
    limit_fen: int | None = None
    stake_fen: int | None = None
    authority: str = ""
    papers: tuple[Paper, ...] = ()

    @property
    def event(self) -> str:
        """What no other row says."""
        return f"{self.score_id}/{self.place}"

    def row(self) -> dict[str, object]:
        """The act as a row of the table."""
        told = {**vars(self), "event": self.event, "act": self.act.value}
        told["reason"] = None if self.reason is None else self.reason.value
        told["papers"] = " ".join(self.papers)
        return told

    @classmethod
    def of(cls, row: dict[str, object]) -> Self:
        """A row of the table as an act."""
        told = {name: row[name] for name in cls.__dataclass_fields__}
        told["act"] = Act(str(row["act"]))
        told["reason"] = None if row["reason"] is None else Reason(str(row["reason"]))
        told["papers"] = tuple(map(Paper, str(row["papers"]).split()))
        return cls(**told)  # type: ignore[arg-type]
