"""What it costs to be let in: ``python -m benchmarks.access [--ledger URL]``.

A ledger of its own in a temporary folder, unless a URL names another: one bank, a thousand
enterprises of which 300 consented, and the door that the service stands behind. Each step is
timed by itself: a token's signature, the count of a call, a consent, a thousand of them.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from serving.access.consents import Consent, Matter, Purpose, new_consent_id
from serving.access.door import Door
from serving.access.gate import Gate
from serving.access.keys import create
from serving.access.roles import Role
from serving.access.settings import AccessSettings
from serving.state import wall_clock
from supervision.credit_code import with_check_character

ENTERPRISES, CONSENTED, CALLS = 1_000, 300, 500
BANK = "bench-bank"
DAY = 86_400_000_000


def main() -> None:
    """Time each step and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", help="SQLAlchemy URL; a new SQLite file if left out")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), parser.parse_args().ledger or f"sqlite:///{folder}/ledger.db")


def measure(folder: Path, ledger: str) -> None:
    """Register a bank in a ledger without one, and time what its calls meet."""
    create(folder / "key.json")
    settings = AccessSettings(key=folder / "key.json", calls_a_minute=10**9)
    door = Door("required", settings, ledger, wall_clock)
    lock, codes = door.lock(), enterprises()
    lock.clients.add(BANK, Role.BANK, None, wall_clock())
    for code in codes[:CONSENTED]:
        lock.consents.grant(consent(code), BANK)
    client = lock.clients.active(BANK)
    if client is None or lock.desk is None or lock.verifier is None:
        raise AssertionError
    token = lock.desk.issuer.issue(client, client.scopes, wall_clock() // 1_000_000)
    shown = f"Bearer {token}"
    principal = door.admit("POST", "/v1/scores", shown)
    gate = Gate(door, principal, Purpose.CREDIT, wall_clock())
    expected = lock.verifier

    def forgotten() -> object:
        expected.forget()
        return expected.principal(token, wall_clock() // 1_000_000)

    told("a token, first seen", forgotten)
    told(
        "a token, remembered, and the call counted", lambda: door.admit("POST", "/v1/scores", shown)
    )
    told("a consent", lambda: gate.permitted(codes[:1], Matter.SCORES))
    told("a thousand consents", lambda: gate.permitted(codes, Matter.SCORES), CALLS // 10)
    door.close()


def enterprises() -> list[str]:
    """Codes of enterprises."""
    return [with_check_character(f"91350211MA31{number:05d}") for number in range(ENTERPRISES)]


def consent(code: str) -> Consent:
    """One that holds."""
    now = wall_clock()
    return Consent(
        new_consent_id(), code, BANK, (Matter.SCORES,), Purpose.CREDIT, now, now + DAY, None
    )


def told(what: str, step: Callable[[], object], calls: int = CALLS) -> None:
    """Time a step and print its median and its processor time."""
    step()
    walls, begun = [], time.process_time()
    for _ in range(calls):
        start = time.perf_counter()
        step()
        walls.append(time.perf_counter() - start)
    processor = (time.process_time() - begun) / calls
    print(
        f"{what:44} p50 {statistics.median(walls) * 1e3:7.3f} ms   "
        f"processor {processor * 1e3:7.3f} ms"
    )


if __name__ == "__main__":
    main()
