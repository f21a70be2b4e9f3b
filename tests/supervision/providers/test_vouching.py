"""Files that providers signed: checked before a row is read, and for whose messages they vouch."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from supervision.errors import UsageError
from supervision.ingestion import IngestReport
from supervision.providers.register import keys, register, withdraw
from supervision.providers.statement import Key, Statement, make_key, sign
from supervision.providers.vouching import VOUCHED, vouched_for
from supervision.record import Record
from tests.supervision.facts import NOW, credit_code, fact, write
from tests.supervision.ingested import ids

Ingest = Callable[..., IngestReport]
OURS, OTHERS = make_key(), make_key()


def public(key: Key) -> str:
    return json.dumps(key.as_dict(private=False))


def signed(path: Path, *by: Key, stream: str = "custody") -> Path:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    lines = "".join(sign(Statement(digest, stream), key) + "\n" for key in by)
    path.with_name(path.name + ".jws").write_text(lines)
    return path


def file_of(folder: Path) -> Path:
    rows = [fact("custody", 1), fact("custody", 2, provider_id="WH-2")]
    return write(folder / "custody.ndjson", rows)


def vouched(record: Record) -> dict[str, str]:
    number = record.number_of([credit_code(1)])[credit_code(1)]
    found = vouched_for(record.engine, "custody", number, ["m-1", "m-2"])
    assert [one.message_id for one in record.messages([*found])] == [
        found[at].message_id for at in sorted(found)
    ]
    return {one.message_id: one.key_id for one in found.values()}


def test_a_provider_vouches_for_its_own_messages_alone(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    register(record.engine, "WH-1", public(OURS), NOW - 1, "lin")
    report = ingest(signed(file_of(tmp_path), OURS))
    assert report.files[0].signed_by == ("WH-1",)
    assert ids(record) == ["m-1", "m-2"]
    assert vouched(record) == {"m-1": OURS.thumbprint()}


def test_several_sign_one_file(record: Record, ingest: Ingest, tmp_path: Path) -> None:
    register(record.engine, "WH-1", public(OURS), NOW - 1, "lin")
    register(record.engine, "WH-2", public(OTHERS), NOW - 1, "lin")
    assert ingest(signed(file_of(tmp_path), OURS, OTHERS)).files[0].signed_by == ("WH-1", "WH-2")
    assert vouched(record) == {"m-1": OURS.thumbprint(), "m-2": OTHERS.thumbprint()}


def test_a_signature_that_comes_later_vouches_for_what_was_taken_in(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    path = file_of(tmp_path)
    ingest(path)
    assert vouched(record) == {}
    register(record.engine, "WH-1", public(OURS), NOW - 1, "lin")
    again = ingest(signed(path, OURS)).files[0]
    assert (again.counts.duplicate, again.signed_by) == (2, ("WH-1",))
    assert vouched(record) == {"m-1": OURS.thumbprint()}
    ingest(path)
    with record.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(VOUCHED)).scalar() == 1


def test_of_a_file_that_was_changed_nothing_is_taken_in(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    register(record.engine, "WH-1", public(OURS), NOW - 1, "lin")
    path = signed(file_of(tmp_path), OURS)
    path.write_bytes(path.read_bytes().replace(b"1000", b"9000"))
    report = ingest(path)
    assert "expected a signature of this file" in (report.files[0].error or "")
    assert ids(record) == []


def test_a_key_of_nobody_or_a_withdrawn_one_vouches_for_nothing(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    path = signed(file_of(tmp_path), OURS)
    assert "found no key of any provider" in (ingest(path).files[0].error or "")
    register(record.engine, "WH-1", public(OURS), NOW + 1, "lin")
    assert "found a withdrawn one" in (ingest(path).files[0].error or "")  # not in force yet
    withdraw(record.engine, OURS.thumbprint(), NOW + 2, "lin", "lost")
    assert "found a withdrawn one of WH-1" in (ingest(path, now=NOW + 3).files[0].error or "")
    assert ids(record) == []


def test_what_was_signed_before_a_key_was_withdrawn_stays_verified(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    register(record.engine, "WH-1", public(OURS), NOW - 1, "lin")
    ingest(signed(file_of(tmp_path), OURS))
    withdraw(record.engine, OURS.thumbprint(), NOW + 1, "lin", "lost")
    assert vouched(record) == {"m-1": OURS.thumbprint()}


def test_the_register_keeps_who_did_what(record: Record) -> None:
    assert keys(record.engine) == ()
    added = register(record.engine, "WH-1", public(OURS), NOW, "lin")
    register(record.engine, "WH-2", public(OTHERS), NOW + 1, "chen")
    gone = withdraw(record.engine, OURS.thumbprint(), NOW + 2, "wang", "lost")
    assert [key.provider for key in keys(record.engine)] == ["WH-1", "WH-2"]
    assert (added.holds(NOW), added.holds(NOW - 1)) == (True, False)
    assert (gone.withdrawn_by, gone.reason, gone.holds(NOW + 2)) == ("wang", "lost", False)
    with pytest.raises(UsageError, match="found one that WH-1 registered before"):
        register(record.engine, "WH-3", public(OURS), NOW + 3, "lin")
    with pytest.raises(UsageError, match="expected the id of a key in force"):
        withdraw(record.engine, OURS.thumbprint(), NOW + 3, "lin", "again")
    with pytest.raises(UsageError, match="expected a provider's name"):
        register(record.engine, "no provider", public(make_key()), NOW, "lin")


@pytest.mark.parametrize("table", ["provider_key", "vouched"])
@pytest.mark.parametrize("change", ["UPDATE {} SET provider = 'X'", "DELETE FROM {}"])
def test_nothing_of_it_can_be_changed(
    record: Record, ingest: Ingest, tmp_path: Path, table: str, change: str
) -> None:
    register(record.engine, "WH-1", public(OURS), NOW - 1, "lin")
    ingest(signed(file_of(tmp_path), OURS))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), record.engine.begin() as connection:
        connection.exec_driver_sql(change.format(table))


def test_statements_that_are_no_text_are_told(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    path = file_of(tmp_path)
    path.with_name("custody.ndjson.jws").write_bytes(b"\xff")
    assert "expected a signed statement a line" in (ingest(path).files[0].error or "")
    assert ids(record) == []


def test_who_sends_may_speak_for_itself_alone(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    report = ingest(file_of(tmp_path), provider="WH-1").files[0]
    assert report.reasons == {"other_provider": 1}
    assert ids(record) == ["m-1"]


def test_a_signed_message_of_the_same_id_vouches_for_no_other_provider(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    ingest(write(tmp_path / "custody.ndjson", [fact("custody", 1)]))
    register(record.engine, "WH-9", public(OTHERS), NOW - 1, "lin")
    (tmp_path / "more").mkdir()
    other = write(tmp_path / "more" / "custody.ndjson", [fact("custody", 1, provider_id="WH-9")])
    ingest(signed(other, OTHERS))
    number = record.number_of([credit_code(1)])[credit_code(1)]
    (found,) = vouched_for(record.engine, "custody", number, ["m-1"]).values()
    assert found.provider == "WH-9"


def test_what_was_refused_under_anothers_name_is_judged_again(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    path = file_of(tmp_path)
    assert ingest(path, provider="WH-9").files[0].counts.quarantined == 2
    assert ingest(path, provider="WH-1").files[0].counts.accepted == 1
    assert ingest(path).files[0].counts.accepted == 1
    assert ids(record) == ["m-1", "m-2"]


@pytest.mark.parametrize("crit", [1, [1], {"a": 1}])
def test_an_odd_header_is_refused_like_any_other(
    record: Record, ingest: Ingest, tmp_path: Path, crit: object
) -> None:
    register(record.engine, "WH-1", public(OURS), NOW - 1, "lin")
    header = {"alg": "Ed25519", "kid": OURS.thumbprint(), "typ": "cargoworthy-batch+jws"}
    parts = [json.dumps(header | {"crit": crit}).encode(), b"{}", b"x"]
    text = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    path = file_of(tmp_path)
    path.with_name("custody.ndjson.jws").write_text(text)
    assert "expected" in (ingest(path).files[0].error or "")
    assert ids(record) == []


def test_a_kept_copy_that_was_altered_is_not_what_is_read(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    register(record.engine, "WH-1", public(OURS), NOW - 1, "lin")
    path = signed(file_of(tmp_path), OURS)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kept = tmp_path / "archive" / digest[:2] / digest
    kept.parent.mkdir(parents=True)
    kept.write_bytes(path.read_bytes().replace(b"1000", b"9000"))
    ingest(path)
    assert kept.read_bytes() == path.read_bytes()
