"""The port's key, under which cargo codes are issued, as a file holds it."""

from pathlib import Path

from supervision.errors import UsageError


def read_port_key(path: Path) -> bytes:
    """Read the port's key from a file that has it in hexadecimal.

    Raises
    ------
    UsageError
        If there is no such file, or something else in it.
    """
    if not path.is_file():
        raise UsageError(f"expected the port's key in {path}, found no file; check --port-key")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if not key:
        raise UsageError(
            f"expected the port's key in hexadecimal in {path}, found something else; "
            "check --port-key"
        )
    return key
