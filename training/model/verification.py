"""A model verified in a process of its own, so that whatever it does there harms nobody.

python -m training.model.verification FOLDER HASH
"""

import subprocess
import sys
from pathlib import Path

from training.model.errors import DamagedModelError, ModelError

_SECONDS = 120.0
"""A child that compiles the loops for the first time needs half a minute."""


def verify_apart(folder: Path, expected: str, seconds: float = _SECONDS) -> None:
    """Load a bundle and score its golden rows in a child.

    The child also leaves the loops that the model needs compiled on disk.

    Raises
    ------
    DamagedModelError
        If the child refuses it, dies of it or does not come back.
    """
    words = [sys.executable, "-m", __spec__.name, str(folder), expected]
    try:
        done = subprocess.run(  # noqa: S603, the words are ours, a path and a hash
            words, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as fault:
        raise DamagedModelError(
            f"{folder} was not verified within {seconds:.0f} seconds; it is not served"
        ) from fault
    if done.returncode:
        said = done.stderr.strip().rpartition("\n")[2] or "nothing"
        raise DamagedModelError(
            f"{folder} was not verified: its own process ended with {done.returncode} and said "
            f"{said:.300}"
        )


def main() -> None:
    """Verify what the command line names."""
    from training.model.bundle import Bundle

    try:
        Bundle.load(Path(sys.argv[1]), expected=sys.argv[2])
    except ModelError as fault:
        print(str(fault).replace("\n", " "), file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from fault


if __name__ == "__main__":
    main()
