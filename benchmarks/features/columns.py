"""Which columns of the mirror the engine reads."""

from functools import cache
from pathlib import Path

from features.batch.mirrored import rows_between
from features.facts import table_names
from supervision.mirror import Mirror


@cache
def columns_read(mirror: Path) -> dict[str, tuple[str, ...]]:
    """Columns by table, seen from what the engine gets to read of no enterprise."""
    nobody = rows_between(Mirror(mirror), table_names(), (-1, -1))
    return {table: tuple(columns) for table, columns in nobody.items()}
