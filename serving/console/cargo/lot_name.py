"""A lot's name on pages: its cargo code without the owner where that is another enterprise."""

from dataclasses import dataclass

_OWNER = 18


@dataclass(frozen=True)
class LotName:
    """A cargo code as a page tells it.

    Attributes
    ----------
    tail : str
        The code without its owner: enough to find the lot among an enterprise's own.
    commodity : str
        HS code, ten digits.
    batch : str
    is_own : bool
        Whether the enterprise declared it first; else who did is not told.
    """

    tail: str
    commodity: str
    batch: str
    is_own: bool


def lot_name(cargo_code: str, enterprise_id: str) -> LotName:
    """Name a lot of an enterprise.

    Examples
    --------
    >>> code = "91350200MA2XXXXX0M-0306170000-7KQ2M4-ECGYE-CNXMN-3F9K2M7Q-41"
    >>> lot_name(code, "91350200MA2XXXXX0M")
    LotName(tail='0306170000-7KQ2M4-ECGYE-CNXMN-3F9K2M7Q-41', commodity='0306170000', \
batch='7KQ2M4', is_own=True)
    """
    tail = cargo_code[_OWNER + 1 :]
    commodity, batch, *_ = (*tail.split("-"), "", "")
    return LotName(tail, commodity, batch, cargo_code[:_OWNER] == enterprise_id)
