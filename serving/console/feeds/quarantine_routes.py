"""The pages of the quarantine: what waits and why, putting a row right, and releasing rows."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from serving.console.feeds import words
from serving.console.feeds.fault import (
    UNTRIED,
    fault_of,
    is_repairable,
    provider_of,
    stray_of,
)
from serving.console.feeds.navigation import LINKS
from serving.console.feeds.releasing import (
    Preview,
    done,
    place_of,
    previewed,
    released,
    waiting_tried,
)
from serving.console.language import mark
from serving.console.officers.role import DATA
from serving.console.page import page
from serving.console.visit import Visit
from serving.intake import is_open
from supervision.contract.messages import STREAMS
from supervision.lock import Occupied
from supervision.reasons import Reason
from supervision.refused import Refused, refused, refused_at
from supervision.release import MOST, Repair

AT_ONCE = 50
"""Rows that a page of the list shows."""
_LONGEST_VALUE, _LONGEST_NOTE = 200, 1_000
_PLACE = re.compile(r"([1-9][0-9]{0,14}):([1-9][0-9]{0,14})")
_NUMBER = re.compile(r"[1-9][0-9]{0,14}")
_OVERTAKEN = mark("These rows are no longer as they were shown: look at what stands now.")
_BUSY = mark(
    "Messages are being taken in at this moment. Nothing was changed: try again when that has "
    "ended."
)
_EMPTY = mark("Say what it should be.")
_UNSAID = mark("Say who confirmed it, and how.")


def show(visit: Visit) -> Response:
    """Show what stands in quarantine, by reason and stream and row by row."""
    record = visit.rooms.record()
    stream, reason = visit.query("stream"), visit.query("reason")
    stream = stream if stream in STREAMS else ""
    reason = reason if reason in tuple(Reason) else ""
    number = visit.query("page", "1")
    place = int(number) if _NUMBER.fullmatch(number) else 1
    status = [one for one in record.status().streams if one.reasons]
    counts = {one.stream: one.reasons for one in status}
    fitting = sum(
        count
        for of, reasons in counts.items()
        for why, count in reasons.items()
        if stream in ("", of) and reason in ("", why)
    )
    rows = refused(record.engine, stream or None, reason or None, AT_ONCE, (place - 1) * AT_ONCE)
    known = record.number_of(sorted({provider_of(row) for row in rows} - {""}))
    return visit.page(
        "feeds/quarantine.html",
        tabs=LINKS,
        here="quarantine",
        counts=counts,
        reasons=[why for why in Reason if any(why in of for of in counts.values())],
        stream=stream,
        reason=reason,
        rows=[(row, fault_of(row), _named(row, known)) for row in rows],
        fitting=fitting,
        total=sum(sum(of.values()) for of in counts.values()),
        place=place,
        pages=max(1, -(-fitting // AT_ONCE)),
        most=MOST,
        can_try=reason not in UNTRIED and bool(stream),
        is_open=is_open(visit.rooms),
        waiting=sum(of.get(Reason.REVERSAL_WAITS, 0) for of in counts.values()),
        settled=visit.query("settled"),
        done=done(visit),
        words=words,
    )


def try_again(visit: Visit) -> Response:
    """Show what would come of taking rows of one stream in again as they came."""
    stream, reason = visit.form.get("stream", ""), visit.form.get("reason", "")
    if stream not in STREAMS or (reason and reason not in tuple(Reason)):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    place = _places(visit.form.get("row", ""))
    engine = visit.rooms.record().engine
    found = refused_at(engine, place) if place else refused(engine, stream, reason or None, MOST)
    rows = [row for row in found if row.reason not in UNTRIED]
    if not rows:
        return visit.go("quarantine", stream=stream, reason=reason)
    try:
        return _preview(visit, previewed(visit, rows))
    except Occupied:
        return _stopped(visit, _BUSY)


def row(visit: Visit) -> Response:
    """Show one row: what is wrong with it, and what can be done."""
    return _row(visit, _row_of(visit), {})


def repair(visit: Visit) -> Response:
    """Show what would come of a row with its field put right."""
    found = _row_of(visit)
    if not is_repairable(found):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    wish, faults = _wish(visit, found)
    if faults:
        return _row(visit, found, faults)
    try:
        return _preview(visit, previewed(visit, [found], wish))
    except Occupied:
        return _row(visit, found, {}, _BUSY)


def let_go(visit: Visit) -> Response:
    """Release the rows that a preview showed, if they are still what it showed."""
    places = _places(visit.form.get("rows", ""))
    rows = refused_at(visit.rooms.record().engine, places)
    streams = {one.stream for one in rows}
    if not rows or len(rows) != len(places) or len(streams) != 1 or len(rows) > MOST:
        return _stopped(visit, _OVERTAKEN)
    wish = None
    if "value" in visit.form:
        if len(rows) != 1 or not is_repairable(rows[0]):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        wish, faults = _wish(visit, rows[0])
        if faults:
            raise HTTPException(HTTPStatus.BAD_REQUEST)
    try:
        preview = previewed(visit, rows, wish)
    except Occupied:
        return _stopped(visit, _BUSY)
    if preview.digest != visit.form.get("digest") or len(preview.passing) != len(rows):
        return _preview(visit, preview, _OVERTAKEN)
    try:
        found = released(visit, preview, _note(visit))
    except Occupied:
        return _preview(visit, preview, _BUSY)
    return visit.go("release", batch=found.batch)


def release(visit: Visit) -> Response:
    """Show what came of a release."""
    number = str(visit.request.path_params["batch"])
    found = done(visit, int(number), 1) if _NUMBER.fullmatch(number) else ()
    if not found:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.page(
        "feeds/release.html", tabs=LINKS, here="quarantine", done=found[0], words=words
    )


def wait_no_longer(visit: Visit) -> Response:
    """Try all waiting reversals again."""
    try:
        settled = waiting_tried(visit)
    except Occupied:
        return visit.go("quarantine", reason=str(Reason.REVERSAL_WAITS), settled="busy")
    return visit.go("quarantine", settled=settled)


def _row_of(visit: Visit) -> Refused:
    parts = visit.request.path_params
    places = _places(f"{parts['batch']}:{parts['row']}")
    found = refused_at(visit.rooms.record().engine, places) if places else ()
    if not found:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found[0]


def _row(visit: Visit, found: Refused, faults: Mapping[str, str], stopped: str = "") -> Response:
    visit.noted("viewed", place_of(found), page="quarantined-row")
    named = provider_of(found)
    known = visit.rooms.record().number_of([named] if named else [])
    return visit.page(
        "feeds/row.html",
        _status(faults, stopped),
        tabs=LINKS,
        here="quarantine",
        row=found,
        fault=fault_of(found),
        provider=_named(found, known),
        can_repair=is_repairable(found),
        can_try=found.reason not in UNTRIED,
        is_open=is_open(visit.rooms),
        is_stray=found.reason == Reason.UNKNOWN_FIELD,
        faults=faults,
        stopped=stopped,
        sent=visit.form,
        words=words,
    )


def _preview(visit: Visit, preview: Preview, fault: str = "") -> Response:
    return visit.page(
        "feeds/preview.html",
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        tabs=LINKS,
        here="quarantine",
        preview=preview,
        rows=[
            (one, fault_of(one), verdict)
            for one, verdict in zip(preview.rows, preview.verdicts, strict=True)
        ],
        note=visit.form.get("note", ""),
        fault=fault,
        words=words,
    )


def _status(faults: Mapping[str, str], stopped: str) -> HTTPStatus:
    if stopped:
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK


def _stopped(visit: Visit, fault: str) -> Response:
    return visit.page(
        "feeds/gone.html",
        HTTPStatus.CONFLICT,
        tabs=LINKS,
        here="quarantine",
        fault=fault,
    )


def _wish(visit: Visit, found: Refused) -> tuple[Repair, Mapping[str, str]]:
    """How a form puts a row right, and what is wrong with the form."""
    faults = {} if _note(visit) else {"note": _UNSAID}
    if found.reason == Reason.UNKNOWN_FIELD:
        return Repair(stray_of(found), ""), faults
    value = visit.form.get("value", "").strip()[:_LONGEST_VALUE]
    if not value:
        faults["value"] = _EMPTY
    return Repair(fault_of(found).field, value), faults


def _note(visit: Visit) -> str:
    return visit.form.get("note", "").strip()[:_LONGEST_NOTE]


def _named(found: Refused, known: Mapping[str, int]) -> str:
    """The provider that a row names, if the record knows the name: a row may say anything."""
    named = provider_of(found)
    return named if named in known else ""


def _places(text: str) -> list[tuple[int, int]]:
    """Places of rows as a form names them; none where anything else stands among them."""
    found = [_PLACE.fullmatch(part) for part in text.split()]
    if len(found) > MOST or None in found:
        return []
    return [(int(one[1]), int(one[2])) for one in found if one is not None]


ROUTES = (
    page("/feeds/quarantine", show, "quarantine", DATA),
    page("/feeds/quarantine/try", try_again, "try_again", DATA, method="POST"),
    page("/feeds/quarantine/release", let_go, "let_go", DATA, method="POST"),
    page("/feeds/quarantine/waiting", wait_no_longer, "wait_no_longer", DATA, method="POST"),
    page("/feeds/quarantine/rows/{batch}/{row}", row, "quarantined_row", DATA),
    page("/feeds/quarantine/rows/{batch}/{row}", repair, "repair", DATA, method="POST"),
    page("/feeds/releases/{batch}", release, "release", DATA),
)
