"""Segments of the simulated port, against a plain reading of its messages."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from features.calendar import DAY
from supervision.contract.columns import column
from training.report.segments import UNKNOWN, segments


def messages(record: Any, stream: str, kind: str) -> list[dict[str, int]]:
    """All messages of a kind, as dicts."""
    code = column(stream, "kind").code(kind)
    return [
        {name: int(values[place]) for name, values in chunk.items()}
        for chunk in record.scan(stream)
        for place in np.flatnonzero(chunk["kind"] == code)
    ]


@pytest.fixture(scope="module")
def asked(recorded_port: Any) -> tuple[list[str], list[int]]:
    """All enterprises, and one that nobody knows, at two month ends."""
    numbers = recorded_port.record.enterprises().tolist()
    names = sorted(recorded_port.record.text_of(numbers).values())[:40]
    ends = [int(recorded_port.month_ends[at]) for at in (2, -1)]
    rows = [(name, at) for at in ends for name in [*names, "91110000NOBODY0001"]]
    return [name for name, _ in rows], [at for _, at in rows]


def test_segments_are_what_the_messages_said_by_then(
    recorded_port: Any, asked: tuple[list[str], list[int]]
) -> None:
    record = recorded_port.record
    names, times = asked
    found = segments(recorded_port.url, record.position(), np.array(names), np.array(times))
    registered = messages(record, "enterprise", "registration")
    declared = messages(record, "declaration", "declared")
    number = record.number_of(names)
    wanted = {m["region"] for m in registered} | {m["industry"] for m in registered}
    text = record.text_of(sorted(wanted | {m["hs_code"] for m in declared}))
    sizes = column("enterprise", "size_class").choices
    for row, (name, at) in enumerate(zip(names, times, strict=True)):
        own = [
            m
            for m in registered
            if m["enterprise_id"] == number.get(name, -1) and m["known_at"] <= at < m["reversed_at"]
        ]
        last = max(own, key=lambda m: (m["known_at"], m["position"]), default=None)
        expected = (
            (UNKNOWN, UNKNOWN, UNKNOWN)
            if last is None
            else (text[last["region"]][:2], sizes[last["size_class"]], text[last["industry"]][:4])
        )
        assert tuple(found[by][row] for by in ("region", "size", "industry")) == expected
        value: Counter[str] = Counter()
        for m in declared:
            ends = max(m["known_at"], m["occurred_at"] + 365 * DAY)
            if m["enterprise_id"] == number.get(name, -1) and m["known_at"] <= at < min(
                ends, m["reversed_at"]
            ):
                value[text[m["hs_code"]][:2]] += m["declared_value"] // 100
        best = min(value, key=lambda chapter: (-value[chapter], chapter), default=UNKNOWN)
        assert found["commodity"][row] == best
    assert (found["region"] == UNKNOWN).sum() >= 2
    assert len(np.unique(found["commodity"])) > 3
