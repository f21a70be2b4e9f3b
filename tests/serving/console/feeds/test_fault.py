"""What is shown of a row: the field at fault as the ingestion told it, and little of its value."""

import orjson
import pytest

from serving.console.feeds.fault import LONGEST, fault_of, is_repairable, provider_of, stray_of
from supervision.reasons import Reason
from supervision.refused import Refused


def held(reason: Reason, detail: str, stream: str = "custody", content: str = "{}") -> Refused:
    return Refused("f", 1, stream, str(reason), detail, content, 1, "ndjson", 0)


@pytest.mark.parametrize(
    ("reason", "detail", "field", "found"),
    [
        (Reason.WRONG_UNIT, "unit: expected one of kg, found 't'", "unit", "'t'"),
        (Reason.MISSING_FIELD, "warehouse: expected, but left empty", "warehouse", ""),
        (Reason.MALFORMED_TEXT, "pile: expected a text of the form x, found 'a, found b'", "pile",
         "'a, found b'"),
        (Reason.UNKNOWN_FIELD, "expected only fields of custody, found 'phone'", "phone", ""),
        (Reason.WRONG_STREAM, "stream: expected custody, found 'pledge'", "stream", "'pledge'"),
        (Reason.REVERSAL_OF_REVERSAL, "reverses: 'm-1' is itself a reversal", "reverses", ""),
        (Reason.MALFORMED_ROW, "expected a row, found '13900000000'", "", ""),
    ],
)  # fmt: skip
def test_the_field_at_fault_is_read_from_what_was_written_down(
    reason: Reason, detail: str, field: str, found: str
) -> None:
    fault = fault_of(held(reason, detail))
    assert (fault.field, fault.found) == (field, found)


def test_a_value_is_cut_and_a_strange_detail_shows_none() -> None:
    long = fault_of(held(Reason.MALFORMED_TEXT, f"pile: expected x, found {'y' * 200}"))
    assert long.found == "y" * LONGEST + "…"
    strange = fault_of(held(Reason.MALFORMED_TEXT, "13900000000: expected x, found y"))
    assert (strange.field, strange.found, strange.column) == ("", "", None)


def test_every_reason_says_who_may_mend_it() -> None:
    by_provider = {
        "malformed_row", "wrong_stream", "conflicting_content", "reversal_with_facts",
        "reversal_waits", "reversal_repeated", "reversal_of_reversal", "reversal_of_other_stream",
        "other_provider",
    }  # fmt: skip
    for reason in Reason:
        row = held(reason, "warehouse: expected x, found y")
        assert is_repairable(row) == (reason not in by_provider), reason
        for field in ("message_id", "provider_id"):
            kept = held(reason, f"{field}: expected x, found y")
            assert not is_repairable(kept) or reason is Reason.UNKNOWN_FIELD


def test_the_provider_is_what_the_row_names() -> None:
    def named(content: object) -> str:
        return provider_of(held(Reason.WRONG_UNIT, "", content=orjson.dumps(content).decode()))

    assert named({"provider_id": "WH-1"}) == "WH-1"
    for strange in ({}, {"provider_id": 7}, {"provider_id": "a\x00b"}, ["WH-1"], {"line": "x"}):
        assert named(strange) == ""
    assert provider_of(held(Reason.MALFORMED_ROW, "", content="{")) == ""


def test_the_stray_field_is_named_in_full() -> None:
    name = "x" * 90
    row = held(Reason.UNKNOWN_FIELD, "", content=orjson.dumps({"unit": "kg", name: 1}).decode())
    assert stray_of(row) == name
