"""The drawings of the cargo page, in the language of a visit."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from serving.console.cargo.charts import gauge, timeline, two_lines
from serving.console.cargo.faults import Fault
from serving.console.cargo.reading import CargoPage
from serving.console.cargo.scale import levels, years
from serving.console.cargo.words import FAULTS, STATES
from serving.console.cargo.worth import STEP, STEPS
from serving.console.figures.money import FEN, short
from serving.console.figures.times import local

Say = Callable[[str], str]


def worth(page: CargoPage, language: str, say: Say) -> Markup:
    """Stock over two years, as appraised and at the market's price."""
    names = (("appraised", say("Appraised")), ("market", say("At the market's price")))
    first, second = (
        [
            (each.at, float(value), f"{name}, {_day(each.at)}: {short(value, language)}")
            for each in page.worth
            for value in [getattr(each, of)]
        ]
        for of, name in names
    )
    most = max(max(each.appraised, each.market) for each in page.worth) // FEN
    marks = [(level * FEN, short(level * FEN, language)) for level in levels(most)]
    title = say("Value of the stock over two years, as appraised and at the market's price")
    return two_lines(first, second, title, marks)


def exceptions(page: CargoPage, say: Say) -> Markup:
    """Exceptions of two years, or of all years in which there were any, a row a kind."""
    first = min((each.told.occurred_at for each in page.faults), default=page.at.as_of)
    span = min(first, page.at.as_of - STEPS * STEP), page.at.as_of
    rows = [
        (say(title), [_event(each, say) for each in page.faults if each.kind == kind])
        for kind, title in FAULTS
    ]
    return timeline(rows, span, years(*span), say("Custody exceptions over time, by kind"))


def goods(lines: Mapping[str, Any], say: Say) -> Markup:
    """Goods against the alert and the close-out line of an answer."""
    value, alert = lines["goods_fen"], lines["alert"]["value_fen"]
    close_out = lines["close_out"]["value_fen"]
    most = max(value, alert, close_out) * 1.15
    return gauge(value, alert, close_out, most, (say("Alert line"), say("Close-out line")))


def _event(fault: Fault, say: Say) -> tuple[int, bool, str]:
    at = fault.told.occurred_at
    hint = f"{_day(at)} · {fault.told.values['warehouse']} · {say(STATES[fault.state])}"
    return at, fault.state == "stands", hint


def _day(at: int) -> str:
    return local(at).strftime("%Y-%m-%d")
