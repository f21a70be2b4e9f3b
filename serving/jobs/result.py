"""The result of a job: one row an outcome, as a Parquet file beside the job and as NDJSON.

The file says nothing that the ledger does not, and is made anew from it where it is missing. Each
answer stands in it byte for byte as it is logged.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from serving.jobs.errors import NoRoom
from serving.jobs.job import Job
from serving.jobs.store import Chunk, Jobs
from serving.keys import Outcome

RESULT = "result.parquet"
_TEXT, _WHOLE, _REAL = pa.string(), pa.int64(), pa.float64()
SCHEMA = pa.schema(
    [
        ("row", _WHOLE),
        ("status", _WHOLE),
        ("enterprise_id", _TEXT),
        ("client_reference", _TEXT),
        ("outcome", _TEXT),
        ("score_id", _TEXT),
        ("as_of", _TEXT),
        ("score", _WHOLE),
        ("grade", _TEXT),
        ("pd", _REAL),
        ("pd_through_the_cycle", _REAL),
        ("limit_fen", _WHOLE),
        ("binding", _TEXT),
        ("problem", _TEXT),
        ("document", _TEXT),
    ]
)
"""One row an outcome; ``document`` is the whole answer, or the problem, as JSON."""
Row = dict[str, Any]


def write_result(jobs: Jobs, job: Job, folder: Path) -> Path:
    """Write the result of a job whose rows are all done, on disk when this returns.

    Raises
    ------
    NoRoom
        If it cannot be written.
    """
    rows = (_rows(jobs, chunks) for chunks in jobs.chunks(job))
    return _write(rows, folder / RESULT)


def write_permitted(result: Path, hidden: Mapping[str, Outcome]) -> Path:
    """Write a copy of a result without what the caller may no longer see.

    Parameters
    ----------
    result : Path
    hidden : mapping
        Enterprises that may not be seen, each with the outcome that is told instead.
    """
    copy = result.with_name(f"{uuid.uuid4().hex}.new")  # one that is left behind is tidied away
    return _write(([_permitted(row, hidden) for row in rows] for rows in batches(result)), copy)


def lines(result: Path, hidden: Mapping[str, Outcome]) -> Iterator[bytes]:
    """A result as NDJSON, without what the caller may no longer see."""
    for rows in batches(result):
        yield b"".join(_line(_permitted(row, hidden)) for row in rows)


def enterprises(result: Path) -> set[str]:
    """Enterprises of which there is an answer in a result."""
    found: set[str] = set()
    columns = ["enterprise_id", "score_id"]
    with pq.ParquetFile(result) as file:
        for batch in file.iter_batches(batch_size=10_000, columns=columns):
            pairs = zip(*(batch.column(name).to_pylist() for name in columns), strict=True)
            found.update(enterprise for enterprise, score_id in pairs if score_id is not None)
    return found


def batches(result: Path) -> Iterator[list[Row]]:
    """Rows of a result, some at a time."""
    with pq.ParquetFile(result) as file:
        for batch in file.iter_batches(batch_size=256):
            yield batch.to_pylist()


def _write(rows: Iterable[list[Row]], path: Path) -> Path:
    new = path.with_name(f"{uuid.uuid4().hex}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(new, SCHEMA, compression="zstd") as writer:
            for some in rows:
                writer.write_batch(pa.RecordBatch.from_pylist(some, schema=SCHEMA))
        new.replace(path)
    except OSError as error:
        raise NoRoom(
            f"expected to write the result under {path.parent}, found: {error.strerror}; "
            "make room there, then ask again"
        ) from error
    finally:
        new.unlink(missing_ok=True)
    return path


def _rows(jobs: Jobs, chunks: Collection[Chunk]) -> list[Row]:
    ids = [each["score_id"] for chunk in chunks for each in chunk.outcomes if "score_id" in each]
    documents = jobs.documents(ids)
    return [
        _row(chunk.first + place, outcome, documents)
        for chunk in chunks
        for place, outcome in enumerate(chunk.outcomes)
    ]


def _row(place: int, outcome: Outcome, documents: Mapping[str, bytes]) -> Row:
    if "score_id" not in outcome:
        return _refusal(place, outcome)
    document = documents[outcome["score_id"]]
    told = orjson.loads(document)
    limit = told.get("limit") or {}
    return {
        "row": place,
        "status": 200,
        "outcome": told["status"],
        "limit_fen": limit.get("amount_fen"),
        "binding": limit.get("binding"),
        "document": document.decode(),
        **{
            name: told.get(name)
            for name in (
                "enterprise_id", "client_reference", "score_id", "as_of",
                "score", "grade", "pd", "pd_through_the_cycle",
            )
        },
    }  # fmt: skip


def _refusal(place: int, outcome: Outcome) -> Row:
    problem = outcome["problem"]
    return {
        "row": place,
        "status": problem["status"],
        "enterprise_id": outcome.get("enterprise_id"),
        "client_reference": outcome.get("client_reference"),
        "outcome": "refused",
        "problem": problem["type"],
        "document": orjson.dumps(problem, option=orjson.OPT_SORT_KEYS).decode(),
    }


def _permitted(row: Row, hidden: Mapping[str, Outcome]) -> Row:
    if row["outcome"] == "refused" or row["enterprise_id"] not in hidden:
        return row
    return _refusal(row["row"], hidden[row["enterprise_id"]])


def _line(row: Row) -> bytes:
    if row["outcome"] != "refused":
        document = row["document"].encode()
        return b'{"answer":%b,"row":%d,"status":200}\n' % (document, row["row"])
    told = {
        "row": row["row"],
        "status": row["status"],
        "problem": orjson.loads(row["document"]),
        **{n: row[n] for n in ("enterprise_id", "client_reference") if row.get(n) is not None},
    }
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS) + b"\n"
