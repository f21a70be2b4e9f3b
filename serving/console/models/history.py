"""The history of promotions, from their record, whose chain is checked."""

from dataclasses import dataclass

from supervision.database import DatabaseMissing
from supervision.errors import CargoworthyError
from training.promotion.record import Entry, PromotionRecord


@dataclass(frozen=True)
class History:
    """All promotions.

    Attributes
    ----------
    entries : tuple of Entry
        The newest first.
    is_there : bool
        Whether the record lies where the service looks for it.
    fault : str
        Why it could not be read, or that it was tampered with; empty where it is sound.
    """

    entries: tuple[Entry, ...] = ()
    is_there: bool = True
    fault: str = ""


def history(url: str) -> History:
    """Read the record of promotions; what is wrong with it is told, not raised.

    Parameters
    ----------
    url : str
        Of its database.
    """
    try:
        with PromotionRecord.existing(url) as record:
            return History(record.entries()[::-1])
    except DatabaseMissing:
        return History(is_there=False)
    except CargoworthyError as fault:
        return History(fault=str(fault))
