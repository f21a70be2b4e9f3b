"""The contract, published: a JSON Schema of each stream and the data dictionary.

Both are generated from the models of :mod:`supervision.contract.messages` and kept under
``docs/``; a test holds the kept files to what is generated.
"""

import json
from typing import Any

from supervision.contract.columns import Column, columns, required
from supervision.contract.fields import EARLIEST, LATEST
from supervision.contract.messages import STREAMS, VERSION, body_fields
from supervision.files import ALWAYS
from supervision.reasons import HELP, Reason
from supervision.screening import TOLERANCE

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DATA_DICTIONARY_HEAD = f"""# Data dictionary

The message contract, version {VERSION}. This file is generated: `cargoworthy record schema`.

Nine streams in one envelope. A file carries one stream and is named after it: `custody.parquet`,
`custody.csv` or `custody.ndjson`. The JSON Schema of each stream is in [schemas](schemas/).

- Money is an integer in fen (0.01 CNY), quantity an integer in kg, a unit price fen per 1,000 kg,
  a time an integer in UTC microseconds since 1970. In Parquet a time may also be a timestamp.
- A field that does not apply is left empty (CSV), left out (NDJSON) or null (Parquet).
- A row with `reverses` takes back a message of the same provider and stream, once, and states no
  facts of its own: `kind` and all fields of the stream are left empty.
- `stream` may be stated; it must then be the file's.
- A time more than {TOLERANCE // 60_000_000} minutes after a row was received is refused.

*needed* says which kinds of fact must state a field; *always* also holds for reversals.
"""


def json_schema(stream: str) -> dict[str, Any]:
    """The JSON Schema of a stream's messages, with what each kind of fact must state."""
    model = STREAMS[stream]
    schema = model.model_json_schema()
    properties = {name: _plain(schema["properties"][name]) for name in schema["properties"]}
    kinds = next(c.choices for c in columns(stream) if c.name == "kind")
    reversal = {"required": ["reverses"], "properties": {"reverses": {"type": "string"}}}
    nothing = {name: {"type": "null"} for name in body_fields(model)}
    facts = [
        {
            "if": {"required": ["kind"], "properties": {"kind": {"const": kind}}},
            "then": _stating(sorted(required(stream, kind))),
        }
        for kind in kinds
        if required(stream, kind)
    ]
    return {
        "$schema": DIALECT,
        "$id": f"urn:cargoworthy:contract:{VERSION}:{stream}",
        "title": f"{stream}, contract version {VERSION}",
        "description": schema["description"],
        "type": "object",
        "properties": properties,
        "required": schema["required"],
        "additionalProperties": False,
        "if": reversal,
        "then": {"properties": nothing},
        "else": {"allOf": [_stating(["kind"]), *facts]},
    }


def data_dictionary() -> str:
    """The data dictionary of all streams and the reasons of quarantine, in Markdown."""
    parts = [_DATA_DICTIONARY_HEAD, *(_section(stream) for stream in STREAMS), _reasons()]
    return "\n".join(parts)


def documents() -> dict[str, str]:
    """All generated documents: path below ``docs/`` to text."""
    schemas = {
        f"schemas/{stream}.json": json.dumps(json_schema(stream), indent=2) + "\n"
        for stream in STREAMS
    }
    return {**schemas, "data-dictionary.md": data_dictionary()}


def _stating(fields: list[str]) -> dict[str, Any]:
    return {"required": fields, "properties": {name: {"not": {"type": "null"}} for name in fields}}


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key != "title"}


def _section(stream: str) -> str:
    model = STREAMS[stream]
    properties = model.model_json_schema()["properties"]
    lines = [
        f"## {stream}",
        "",
        " ".join((model.__doc__ or "").split()),
        "",
        "| field | type | values | needed | meaning |",
        "|---|---|---|---|---|",
    ]
    for one in columns(stream):
        cells = (
            f"`{one.name}`",
            "integer" if one.kind == "integer" else "text",
            _values(one),
            _needed(stream, one.name),
            _meaning(properties[one.name]),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def _values(one: Column) -> str:
    if one.choices:
        return ", ".join(f"`{choice}`" for choice in one.choices)
    if one.low == EARLIEST and one.high == LATEST:
        return "2000-01-01 to 2100-01-01"
    if one.name.endswith("_on"):
        return f"{one.low} to {one.high}"
    if one.low is not None and one.high is not None:
        return f"{one.low:,} to {one.high:,}"
    pattern = (one.pattern or "").replace("|", "\\|")
    return f"`{pattern}`"


def _needed(stream: str, field: str) -> str:
    if field in ALWAYS:
        return "always"
    if field == "kind" or field in required(stream, "*"):
        return "every fact"
    kinds = next(c.choices for c in columns(stream) if c.name == "kind")
    return ", ".join(f"`{kind}`" for kind in kinds if field in required(stream, kind))


def _meaning(field: dict[str, Any]) -> str:
    described = (option.get("description") for option in (field, *field.get("anyOf", ())))
    return next((text for text in described if text), "")


def _reasons() -> str:
    lines = [
        "## Reasons of quarantine",
        "",
        "A row that is not accepted is kept with its content, its row number and one of these",
        "reasons. The rest of its file goes in.",
        "",
        "| reason | what was expected, and what to do |",
        "|---|---|",
        *(f"| `{reason}` | {HELP[reason]} |" for reason in Reason),
    ]
    return "\n".join([*lines, ""])
