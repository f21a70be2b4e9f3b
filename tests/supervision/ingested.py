"""What tests of ingestion ask of a record and of a report."""

import orjson
import sqlalchemy as sa

from supervision.ingestion import IngestReport
from supervision.record import Record
from supervision.tables import FACTS, QUARANTINE
from tests.supervision.facts import (
    Row,
    fact,
)


def facts(start: int, end: int) -> list[Row]:
    return [fact("custody", n) for n in range(start, end)]


def quarantined(record: Record) -> list[tuple[int, str, dict[str, object]]]:
    query = sa.select(QUARANTINE).order_by(QUARANTINE.c.batch, QUARANTINE.c.row)
    with record.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [(row.row, row.reason, orjson.loads(row.content)) for row in rows]


def ids(record: Record, stream: str = "custody") -> list[str]:
    table = FACTS[stream]
    with record.engine.connect() as connection:
        return list(
            connection.execute(sa.select(table.c.message_id).order_by(table.c.position)).scalars()
        )


def balanced(report: IngestReport) -> bool:
    return all(
        f.counts.received == f.counts.accepted + f.counts.quarantined + f.counts.duplicate
        for f in report.files
    )
