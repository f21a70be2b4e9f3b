"""Messages for tests: one valid fact a stream and kind, and files of them."""

from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from supervision.cargo_code import CargoCode
from supervision.contract.columns import columns
from supervision.credit_code import with_check_character

Row = dict[str, Any]

KEY = b"the port's key"
NOW = 1_700_000_000_000_000
"""2023-11-14, microseconds: when the tests' files arrive."""
DAY = 86_400_000_000


def credit_code(number: int) -> str:
    return with_check_character(f"91350200{number:09d}")


def lot(number: int, owner: int = 1, key: bytes = KEY) -> str:
    batch = f"{number:06d}"
    return str(CargoCode.issue(credit_code(owner), "0306170000", batch, "ECGYE", "CNXMN", key))


def envelope(number: int, provider: str = "WH-1") -> Row:
    return {
        "message_id": f"m-{number}",
        "provider_id": provider,
        "enterprise_id": credit_code(1),
        "cargo_code": lot(1),
        "occurred_at": NOW - 10 * DAY + number,
        "recorded_at": NOW - 9 * DAY + number,
    }


_BODIES: dict[str, Row] = {
    "enterprise": {
        "kind": "registration",
        "region": "350200",
        "industry": "F5139",
        "size_class": "small",
        "registered_capital": 100_000_000,
    },
    "declaration": {
        "kind": "declared",
        "number": "D-1",
        "direction": "import",
        "hs_code": "0306170000",
        "first_quantity": 1000,
        "unit": "kg",
        "declared_value": 5_000_000,
        "currency": "USD",
        "currency_value": 700_000,
        "origin": "EC",
        "port": "CNXMN",
        "trading_party": credit_code(1),
        "consuming_party": credit_code(1),
        "counterparty": "EC-SHRIMP-1",
    },
    "document": {"kind": "bill_of_lading", "number": "B/L-1"},
    "custody": {"kind": "received", "warehouse": "W-7", "quantity": 1000, "unit": "kg"},
    "valuation": {"kind": "appraisal", "unit_price": 4_000_000, "method": "market"},
    "title": {
        "kind": "transferred",
        "number": "S-1",
        "buyer": credit_code(2),
        "price": 4_000_000,
        "quantity": 500,
        "unit": "kg",
        "due_at": NOW + 30 * DAY,
        "in_storage": "yes",
    },
    "pledge": {
        "kind": "registered",
        "receipt": "R-1",
        "lender": "BANK-1",
        "rank": 1,
        "form": "static",
        "quantity": 500,
        "unit": "kg",
        "amount": 1_000_000,
        "registration_number": "ZD-1",
    },
    "financing": {"kind": "drawn", "facility": "F-1", "lender": "BANK-1", "amount": 1_000_000},
    "outcome": {"kind": "default", "default_kind": "past_due_90", "amount": 900_000},
}


def fact(stream: str, number: int, /, **changes: Any) -> Row:
    """A valid fact of a stream, with some fields changed; a field changed to None is left out."""
    row = {**envelope(number), **_BODIES[stream], **changes}
    return {name: value for name, value in row.items() if value is not None}


def reversal(number: int, reverses: str, /, **changes: Any) -> Row:
    """A reversal: the envelope alone."""
    row = {**envelope(number), "reverses": reverses, **changes}
    return {name: value for name, value in row.items() if value is not None}


def write(path: Path, rows: list[Row]) -> Path:
    """Write rows to a file named after its stream, in the format of its ending."""
    if path.suffix == ".parquet":
        pq.write_table(table(path.stem, rows), path)
    elif path.suffix == ".ndjson":
        path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    else:
        names = list(dict.fromkeys(name for row in rows for name in row))
        lines = [",".join(str(row.get(name, "")) for name in names) for row in rows]
        path.write_text("\n".join([",".join(names), *lines]) + "\n", encoding="utf-8")
    return path


def table(stream: str, rows: list[Row]) -> pa.Table:
    """Rows as an Arrow table with the contract's types and all of the stream's columns."""
    schema = pa.schema(
        [(c.name, pa.int64() if c.kind == "integer" else pa.string()) for c in columns(stream)]
    )
    return pa.Table.from_pylist(rows, schema)
