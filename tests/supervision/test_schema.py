"""The published schemas and the data dictionary."""

import json
from pathlib import Path

import pytest

from supervision.contract.columns import column, columns, required
from supervision.contract.messages import STREAMS
from supervision.reasons import Reason
from supervision.schema import data_dictionary, documents, json_schema

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", documents())
def test_the_kept_documents_are_fresh(name: str):
    kept = (DOCS / name).read_text(encoding="utf-8")
    assert kept == documents()[name], "run `cargoworthy record schema --out docs`"


def test_no_stale_schemas_are_kept():
    assert {p.stem for p in (DOCS / "schemas").iterdir()} == set(STREAMS)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_schema_states_every_field_and_what_each_kind_requires(stream: str):
    schema = json_schema(stream)
    assert set(schema["properties"]) == {c.name for c in columns(stream)} | {"stream"}
    assert schema["additionalProperties"] is False
    stated = {
        rule["if"]["properties"]["kind"]["const"]: set(rule["then"]["required"])
        for rule in schema["else"]["allOf"]
        if "if" in rule
    }
    kinds = column(stream, "kind").choices
    assert stated == {k: set(required(stream, k)) for k in kinds if required(stream, k)}
    json.dumps(schema)


def test_the_data_dictionary_names_every_field_and_reason():
    text = data_dictionary()
    for stream in STREAMS:
        section = text.split(f"\n## {stream}\n")[1].split("\n## ")[0]
        assert all(f"| `{c.name}` |" in section for c in columns(stream))
    assert all(f"| `{reason}` |" in text for reason in Reason)
