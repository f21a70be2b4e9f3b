"""Custody books in memory: read in a thread of their own, so that no page waits for long."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet

from sqlalchemy.exc import SQLAlchemyError

from features.calendar import midnight
from serving.console.portfolio.custody_book import CustodyBook, read_book
from supervision.errors import CargoworthyError
from supervision.record import Record

PATIENCE = 0.3
"""Seconds that a page waits for a book: enough for a small record."""
KEPT = 2
_LOG = logging.getLogger("cargoworthy.serving")

Read = Callable[[Record, int], CustodyBook]


class Books:
    """The books of the last midnights, each read once and shared by all threads.

    Parameters
    ----------
    read : callable
        From a record and a midnight to a book.
    """

    def __init__(self, read: Read = read_book) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._books: dict[tuple[Record, int], Future[CustodyBook]] = {}

    def at(self, record: Record, now: int, patience: float = PATIENCE) -> CustodyBook | None:
        """The book of the last midnight, or None while it is being read.

        Where the record could not be read, it is tried again at the next call.

        Parameters
        ----------
        record : Record
        now : int
            UTC microseconds.
        patience : float
            Seconds to wait for it.
        """
        key = (record, midnight(now))
        with self._lock:
            book = self._books.get(key)
            if book is None or (book.done() and book.exception()):
                book = self._books[key] = Future()
                while len(self._books) > KEPT:
                    del self._books[next(iter(self._books))]
                threading.Thread(
                    target=self._fill, args=(book, record, key[1]), name="custody-book", daemon=True
                ).start()
        try:
            return book.result(patience)
        except (NotYet, CargoworthyError, SQLAlchemyError):
            return None

    def _fill(self, book: "Future[CustodyBook]", record: Record, as_of: int) -> None:
        try:
            book.set_result(self._read(record, as_of))
        except (CargoworthyError, SQLAlchemyError) as error:
            _LOG.warning("the custody book could not be read: %s", str(error).partition("\n")[0])
            book.set_exception(error)
        except Exception as error:
            _LOG.exception("the custody book could not be read")
            book.set_exception(error)


BOOKS = Books()
"""Of this process."""
