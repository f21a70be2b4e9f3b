"""How fast the console answers: ``python -m benchmarks.console [--var var]``.

Over the demonstration's record: borrowers of one lender are scored at every month end of four
years into a ledger of its own, and their case pages are asked for over HTTP on loopback, each
once. Then the ledger is filled to twenty thousand cases, each with an open warning, and the
worklist is asked for in every order and by every signal, then the portfolio and the warnings. The
asking client runs in the same process, so the times are rather too long than too short.
"""

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import sqlalchemy as sa
import uvicorn

from serving.access import consents
from serving.access.consents import EVENT
from serving.access.store import Store
from serving.app import create_app
from serving.cases.standing import STANDING
from serving.console.demonstration import Wanted, fill
from serving.console.officers.sessions import prepare
from serving.console.portfolio.books import BOOKS
from serving.console.worklist.reading import ORDERS
from serving.console.worklist.urgency import SIGNALS
from serving.resident import keep_all
from serving.rooms import Rooms
from serving.settings import Settings
from serving.state import wall_clock
from serving.warnings.log import WARNING
from supervision.credit_code import with_check_character
from supervision.database import writing

LENDER, OFFICER = "BANK-03", "chen.jing"
FIRST, LAST, AS_OF = "2019-01", "2022-12", 1_672_502_400_000_000
WORKLIST, ROUNDS = 20_000, 5
_YEAR = 365 * 86_400_000_000


def main() -> None:
    """Fill a ledger, ask for the pages and print how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--var", type=Path, default=Path("var"), help="the demonstration's state")
    parser.add_argument("--enterprises", type=int, default=100)
    stated = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(stated.var, Path(folder), stated.enterprises)


def measure(var: Path, folder: Path, enterprises: int) -> None:
    """Score, ask and print."""
    settings = Settings(
        database=f"sqlite:///{var}/record.db",
        ledger=f"sqlite:///{folder}/ledger.db",
        models=var / "models",
        packed=var / "packed.db",
        snapshots=var / "snapshots",
        peers=var / "peers.json",
        as_of=AS_OF,
        access="open",
    )
    rooms, store = Rooms(settings), Store(settings.ledger, (consents.prepare, prepare))
    wanted = Wanted(LENDER, enterprises, FIRST, LAST)
    number, password = fill(rooms, store, wanted, wall_clock(), lambda _done, _total: None)
    print(f"{number:,} scores of {enterprises} enterprises at month ends {FIRST} to {LAST}")
    with served(settings) as client:
        client.post("/console/sign-in", data={"name": OFFICER, "password": password})
        with rooms.ledger().engine.connect() as connection:
            codes = connection.execute(sa.select(STANDING.c.enterprise_id)).scalars().all()
        client.get(f"/console/cases/{codes[0]}")
        told("case page", (ask(client, f"/console/cases/{code}") for code in codes))
        for page in ("decision", "what-if?pay_instalments_on_time=100&draw_less=50"):
            paths = (f"/console/cases/{code}/{page}" for code in codes)
            told(page.partition("?")[0], (ask(client, path) for path in paths))
        multiply(rooms)
        client.get("/console/worklist")
        queries = [
            *(f"order={order}" for order in ORDERS),
            *(f"signal={signal.code}" for signal in SIGNALS),
            *("q=11", "grade=BB", "page=200"),
        ] * ROUNDS
        told("worklist", (ask(client, f"/console/worklist?{query}") for query in queries))
        begun = time.perf_counter()
        while BOOKS.at(rooms.record(), AS_OF, 60) is None:
            pass
        print(f"custody book of the whole record {time.perf_counter() - begun:.1f} s")
        for name in ("portfolio", "warnings"):
            until_read(client, f"/console/{name}")
            told(name, (ask(client, f"/console/{name}") for _ in range(4 * ROUNDS)))
    store.close()
    rooms.close()


def ask(client: httpx.Client, path: str) -> tuple[float, float, int]:
    """Milliseconds by the clock and of the processor, and bytes of a page."""
    begun, worked = time.perf_counter(), time.process_time()
    answer = client.get(path)
    worked = (time.process_time() - worked) * 1_000
    took = (time.perf_counter() - begun) * 1_000
    if answer.status_code != 200:
        raise AssertionError(path, answer.status_code)
    return took, worked, len(answer.content)


def until_read(client: httpx.Client, path: str) -> None:
    """Wait until a page stands without what is still being read."""
    while "is being read" in client.get(path).text:
        time.sleep(0.5)


def told(what: str, asked: Iterable[tuple[float, float, int]]) -> None:
    """Print the times of a kind of page and its largest size."""
    took, worked, sizes = (sorted(each) for each in zip(*asked, strict=True))
    late = int(len(took) * 0.95)
    print(
        f"{what:10} {len(took):4} calls  p50 {statistics.median(took):6.1f} ms  "
        f"p95 {took[late]:6.1f} ms  (processor p50 {statistics.median(worked):6.1f}, "
        f"p95 {worked[late]:6.1f})  at most {sizes[-1] / 1_000:.0f} kB"
    )


def multiply(rooms: Rooms) -> None:
    """Fill the ledger to twenty thousand cases of one lender, all of which consent."""
    now = wall_clock()
    with writing(rooms.ledger().engine).begin() as connection:
        there = [dict(row) for row in connection.execute(sa.select(STANDING)).mappings()]
        cases, given, warned = [], [], []
        raised = [dict(row) for row in connection.execute(sa.select(WARNING)).mappings()]
        for number in range(WORKLIST - len(there)):
            code = with_check_character(f"91350211MA{number:07d}")
            cases.append({**there[number % len(there)], "enterprise_id": code})
            if raised:
                about = {"warning_id": f"bench-{number}", "event": f"bench-{number}/0"}
                like = raised[number % len(raised)] | {"enterprise_id": code} | about
                warned.append({name: value for name, value in like.items() if name != "number"})
            given.append(
                {
                    "event": f"bench-{number}/granted",
                    "consent_id": f"bench-{number}",
                    "kind": "granted",
                    "enterprise_id": code,
                    "bank": LENDER,
                    "scope": "scores profiles",
                    "purpose": "credit",
                    "expires_at": now + _YEAR,
                    "at": now,
                    "by": "bench",
                }
            )
        connection.execute(sa.insert(STANDING), cases)
        connection.execute(sa.insert(WARNING), warned)
        connection.execute(sa.insert(EVENT), given)


@contextmanager
def served(settings: Settings) -> Iterator[httpx.Client]:
    """Serve the application on a free port of this machine."""
    config = uvicorn.Config(
        create_app(settings, opened=keep_all), port=0, log_level="critical", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(10)


if __name__ == "__main__":
    main()
