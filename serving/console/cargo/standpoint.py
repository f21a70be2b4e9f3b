"""From where goods are looked at: which enterprise's, as of when, for which lender."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Standpoint:
    """Whose goods are looked at, and what may be seen of them.

    Attributes
    ----------
    enterprise_id : str
    enterprise : int
        Number of its name in the record.
    tenant : str
        The lender that looks: only its own pledges are told.
    as_of : int
        UTC microseconds.
    position : int
        Newest of the record to see.
    """

    enterprise_id: str
    enterprise: int
    tenant: str
    as_of: int
    position: int
