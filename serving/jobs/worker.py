"""The worker: takes the rows of jobs a few at a time, so that single scores do not wait.

Rows are judged as those of a batch are, at the moment of their turn: by the consents that hold
then. The place where to go on is read from the ledger; so any worker takes up what another left.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from serving.access.consents import Matter
from serving.access.door import Door
from serving.access.gate import Gate
from serving.errors import LedgerFailure, NotReady
from serving.jobs.errors import RowsGone
from serving.jobs.job import Job, Tally
from serving.jobs.leftovers import tidy
from serving.jobs.result import write_result
from serving.jobs.rows_file import ROWS, RowsFile
from serving.jobs.store import Chunk, Jobs
from serving.keys import Outcome
from serving.lone_thread import PAUSE, keep_at
from serving.problems import Problem, document, plain
from serving.rooms import Rooms
from serving.scores.asked import Asked, Asker
from serving.scores.document import ScoredAnswer
from serving.scores.many import Terms, Turned, judged
from serving.scores.scoring import AT_ONCE, Answered, Scorer
from serving.stopwatch import Stopwatch
from supervision.database import FAILURES
from supervision.errors import CargoworthyError
from supervision.lock import Lock

PATH = "/v1/jobs"
_TIDY = 3_600.0
"""Seconds after which what broken calls left is looked for again."""
_TURN = 8
"""Chunks of one job before another job has its turn."""
WORKING = Lock(".working", 4_717_040)
"""Held by whoever works on jobs; the system lets it go however its holder ends."""
_PASSING = (NotReady, LedgerFailure, SQLAlchemyError, OSError, *FAILURES)
"""What is tried again, because it is no matter of the rows."""
_GONE = "the rows that were handed in are no longer there; hand the file in again"
"""What whoever handed them in is told; where they lay is for the log alone."""
_LOG = logging.getLogger("cargoworthy.serving")


class Worker:
    """Does the jobs of a ledger, in turns, until it is told to stop.

    Parameters
    ----------
    rooms : Rooms
    door : Door
    clock : callable
        UTC microseconds now.
    """

    def __init__(self, rooms: Rooms, door: Door, clock: Callable[[], int]) -> None:
        self._rooms = rooms
        self._door = door
        self._clock = clock
        self._files: dict[str, RowsFile] = {}

    def run(self, stop: threading.Event) -> None:
        """Work whenever no other worker does; what fails is tried again."""
        keep_at(lambda: self._while_alone(stop), "jobs wait", stop)

    def _while_alone(self, stop: threading.Event) -> None:
        tidy(self._rooms.settings.jobs.folder, self._known, self._clock())
        ends = time.monotonic() + _TIDY
        with WORKING.held(self._rooms.ledger().engine) as alone:
            while alone and not stop.is_set() and time.monotonic() < ends:
                if not self.step(stop):
                    stop.wait(PAUSE)

    def step(self, stop: threading.Event | None = None) -> bool:
        """Give each open job its turn; whether there was any.

        Raises
        ------
        CargoworthyError
            If nothing can be scored now; what is done is kept.
        """
        jobs = Jobs(self._rooms.ledger())
        found = jobs.open_jobs()
        for ended in self._files.keys() - {job.job_id for job in found}:
            del self._files[ended]
        wrong: CargoworthyError | None = None
        for job in found:
            try:
                self._turn(jobs, job, stop or threading.Event())
            except RowsGone as error:
                _LOG.warning("job %s: %s", job.job_id, error)
                jobs.end(job, "failed", self._clock(), why=_GONE)
            except CargoworthyError as error:
                wrong = error  # it must not hold up the jobs behind it
        if wrong is not None:
            raise wrong
        return bool(found)

    def _is_disabled(self, job: Job) -> bool:
        if job.principal.is_open:
            return False
        return self._door.lock().clients.active(job.client_id) is None

    def _known(self, job_id: str) -> bool:
        return Jobs(self._rooms.ledger()).find(job_id, None) is not None

    def _turn(self, jobs: Jobs, job: Job, stop: threading.Event) -> None:
        if self._is_disabled(job):
            jobs.end(job, "cancelled", self._clock(), why="its client was disabled")
            return
        jobs.begin(job, self._clock())
        done = jobs.rows_done(job)
        for _ in range(_TURN):
            if done == job.rows or stop.is_set():
                break
            done += self._chunk(jobs, job, done)
        if done == job.rows:
            self._finish(jobs, job)

    def _chunk(self, jobs: Jobs, job: Job, first: int) -> int:
        """Score the next rows of a job; how many."""
        file = self._files.setdefault(job.job_id, RowsFile(self._folder(job)))
        rows = file.take(first, min(AT_ONCE, job.rows - first))
        if not rows:
            raise RowsGone(
                f"expected {job.rows} rows of the job, found {first}; hand the file in again"
            )
        now = self._clock()
        asked = judged(rows, self._terms(job, first, now))
        answered = self._reckoned(self._rooms.scorer(), asked)
        outcomes = [
            _refused(one, row) if isinstance(one, Turned) else {"score_id": one.entry.score_id}
            for one, row in zip(answered, rows, strict=True)
        ]
        given = [one for one in answered if isinstance(one, Answered)]
        scored = sum(isinstance(one.answer, ScoredAnswer) for one in given)
        tally = Tally(scored, len(given) - scored, len(rows) - len(given))
        entries = [one.entry for one in given]
        jobs.keep(job, Chunk(first, outcomes, tally, now), entries)
        return len(rows)

    def _terms(self, job: Job, first: int, now: int) -> Terms:
        gate = Gate(self._door, job.principal, job.for_purpose, now, f"POST {PATH}")
        return Terms(
            now,
            job.default_as_of,
            Asker(job.client_id, job.tenant, job.language),
            lambda codes: gate.permitted(codes, Matter.SCORES),
            gate.unseen,
            path=PATH,
            at=("file", "rows"),
            first=first,
        )

    def _reckoned(self, scorer: Scorer, rows: Sequence[Asked | Turned]) -> list[Answered | Turned]:
        """Answers of all rows that can be answered."""
        asked = [row for row in rows if isinstance(row, Asked)]
        try:
            answers = iter(scorer.reckon(asked, Stopwatch()))
        except _PASSING:
            raise
        except Exception:
            # A fault of ours in one row must not hold up the others for ever.
            _LOG.exception("rows of a job are tried one by one")
            return [row if isinstance(row, Turned) else self._alone(scorer, row) for row in rows]
        return [row if isinstance(row, Turned) else next(answers) for row in rows]

    def _alone(self, scorer: Scorer, asked: Asked) -> Answered | Turned:
        try:
            return scorer.reckon([asked], Stopwatch())[0]
        except _PASSING:
            raise
        except Exception:
            incident = str(uuid.uuid4())
            _LOG.exception("incident %s: a row of a job", incident)
            return Turned(_broken(incident))

    def _finish(self, jobs: Jobs, job: Job) -> None:
        folder = self._folder(job)
        write_result(jobs, job, folder)
        jobs.end(job, "done", self._clock(), rows=job.rows)
        (folder / ROWS).unlink(missing_ok=True)

    def _folder(self, job: Job) -> Path:
        return self._rooms.settings.jobs.folder / job.job_id


def _broken(incident: str) -> Problem:
    said = (
        "an answer",
        "a fault of the service's own",
        f"report incident {incident}: the service's log tells more under this number",
    )
    kind = (500, "internal-error", "The service failed")
    return document(PATH, kind, said, incident=incident)


def _refused(row: Turned, stated: Any) -> Outcome:
    """A row that was not answered, with what names it to whoever handed it in."""
    names = stated if isinstance(stated, dict) else {}
    named = {
        name: names[name][:64]
        for name in ("enterprise_id", "client_reference")
        if isinstance(names.get(name), str)
    }
    return {**named, "problem": plain(row.problem)}
