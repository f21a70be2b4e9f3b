"""What a service stands on over a demonstration's folder, with a ledger that is thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from serving.rooms import Rooms
from serving.settings import Settings


@contextmanager
def scratch_rooms(folder: Path, as_of: int | None = None) -> Iterator[Rooms]:
    """Open the record, champion and policy of a demonstration, and close them again.

    Parameters
    ----------
    folder : Path
        Its ``var``.
    as_of : int, optional
        Of requests that name none, UTC microseconds.
    """
    with TemporaryDirectory() as scratch:
        rooms = Rooms(
            Settings(
                database=f"sqlite:///{folder}/record.db",
                ledger=f"sqlite:///{scratch}/ledger.db",
                models=folder / "models",
                policy=Path("configs/policy/default.yaml"),
                packed=folder / "packed.db",
                snapshots=folder / "snapshots",
                as_of=as_of,
            )
        )
        try:
            yield rooms
        finally:
            rooms.close()
