"""The timeline of an enterprise's cargo: its value above, what happened to it below."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from serving.console.cargo.faults import Fault
from serving.console.cargo.lot_name import LotName
from serving.console.cargo.pledges import Pledge
from serving.console.cargo.reading import CargoPage
from serving.console.cargo.release_orders import ReleaseOrder
from serving.console.cargo.scale import levels
from serving.console.cargo.titles import Transfer
from serving.console.cargo.words import ENDED, FAULTS, ORDERS, SIDES, STATES
from serving.console.figures.money import FEN, short
from serving.console.figures.times import local
from serving.console.language import mark

Say = Callable[[str], str]
_Told = TypeVar("_Told")
_DATE = "%Y-%m-%d"
_MOST = 200
"""Events of one row; its title says so where there were more."""
_MARGIN = timedelta(days=20)
_BAD, _OPEN, _DONE = range(3)


@dataclass(frozen=True)
class Run:
    """A value over the figure's times.

    Attributes
    ----------
    title, colour : str
        The colour as a variable of the style.
    dashed : bool
    values : tuple of int
        Yuan.
    said : tuple of str
        Each value in words.
    """

    title: str
    colour: str
    dashed: bool
    values: tuple[int, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """How events of one state are drawn: a shape, a colour, filled or not."""

    title: str
    colour: str
    shape: str


@dataclass(frozen=True)
class TimelineFigure:
    """All that is drawn; times as the port's clock shows them.

    Attributes
    ----------
    title : str
        What the figure says in one sentence.
    times : tuple of str
        Of the values.
    runs : tuple of Run
    levels : tuple of (int, str)
        Yuan to draw across, each with how it is written.
    rows : tuple of str
        Titles of the kinds of events that there are.
    looks : tuple of Look
    events : tuple of (str, int, int, str)
        Time, row, look, what hovering tells.
    shown, whole : (str, str)
        What is shown first, and how far it can be moved.
    """

    title: str
    times: tuple[str, ...]
    runs: tuple[Run, ...]
    levels: tuple[tuple[int, str], ...]
    rows: tuple[str, ...]
    looks: tuple[Look, ...]
    events: tuple[tuple[str, int, int, str], ...]
    shown: tuple[str, str]
    whole: tuple[str, str]


@dataclass(frozen=True)
class _Event:
    at: int
    row: str
    look: int
    said: str


def timeline_figure(page: CargoPage, language: str, say: Say) -> TimelineFigure:
    """Make the figure of a cargo page, in a visit's language."""
    told = _Words(page.names, language, say)
    found = [event for row in told.rows(page) for event in row]
    rows = tuple(dict.fromkeys(each.row for each in found))
    first, last = page.worth[0].at, page.at.as_of
    begun = min(first, *(each.at for each in found)) if found else first
    return TimelineFigure(
        title=say(_TITLE),
        times=tuple(_moment(each.at) for each in page.worth),
        runs=_runs(page, language, say),
        levels=_levels(page, language),
        rows=rows,
        looks=tuple(Look(say(each.title), each.colour, each.shape) for each in _LOOKS),
        events=tuple((_moment(e.at), rows.index(e.row), e.look, e.said) for e in found),
        shown=_around(first, last),
        whole=_around(begun, last),
    )


_TITLE = mark("Value of the stock over time, and what happened to the goods on the same dates")
_LOOKS = (
    Look(mark("Needs attention"), "costs", "diamond"),
    Look(mark("Open"), "marked", "circle"),
    Look(mark("Concluded"), "calm", "circle-open"),
)


@dataclass(frozen=True)
class _Words:
    """Events of a page in words."""

    names: Mapping[int | None, LotName]
    language: str
    say: Say

    def rows(self, page: CargoPage) -> Iterator[list[_Event]]:
        """Events, a list a row."""
        for kind, title in FAULTS:
            faults = [each for each in page.faults if each.kind == kind]
            yield self._row(title, faults, self._fault)
        yield self._row(mark("Pledges to you"), page.pledges, self._pledge)
        orders = sorted(page.orders, key=lambda order: -order.requested.occurred_at)
        yield self._row(mark("Release orders"), orders, self._order)
        for side, title in SIDES.items():
            moved = [each for each in page.transfers if each.side == side]
            yield self._row(title, moved, self._transfer)

    def _row(
        self, title: str, told: Sequence[_Told], event: Callable[[str, _Told], _Event]
    ) -> list[_Event]:
        """Events of one kind, of which the last come first."""
        row = self.say(title)
        if len(told) > _MOST:
            row = self.say("%(row)s, last %(number)s") % {"row": row, "number": _MOST}
        return [event(row, each) for each in told[:_MOST]]

    def _fault(self, row: str, fault: Fault) -> _Event:
        look = _BAD if fault.state == "stands" else _DONE
        parts = (self._lot(fault.told.lot), fault.told.get("warehouse"))
        return _Event(fault.told.occurred_at, row, look, _joined(*parts, self._state(fault)))

    def _state(self, fault: Fault) -> str:
        return self.say(STATES[fault.state])

    def _pledge(self, row: str, pledge: Pledge) -> _Event:
        look = _OPEN if pledge.is_open else _BAD if pledge.ended == "enforced" else _DONE
        amount = pledge.amount if pledge.is_open else pledge.registered.get("amount")
        state = ENDED[pledge.ended] if pledge.ended else mark("Still pledged")
        said = _joined(self._lot(pledge.lot), self._money(amount), self.say(state))
        return _Event(pledge.registered.occurred_at, row, look, said)

    def _order(self, row: str, order: ReleaseOrder) -> _Event:
        look = {"authorised": _OPEN, "released": _DONE}.get(order.state, _BAD)
        state = self.say(ORDERS[order.state])
        done = f" {_day(order.released.occurred_at)}" if order.released else ""
        said = _joined(self._lot(order.lot), f"{state}{done}")
        return _Event(order.requested.occurred_at, row, look, said)

    def _transfer(self, row: str, each: Transfer) -> _Event:
        if each.paid_at is not None:
            look, state = _DONE, self.say("Paid on") + " " + _day(each.paid_at)
        elif each.is_overdue:
            look, state = _BAD, self.say("Overdue")
        else:
            look, state = _OPEN, self.say("Not paid yet")
        price = self._money(each.told.get("price"))
        said = _joined(self._lot(each.told.lot), price, state)
        return _Event(each.told.occurred_at, row, look, said)

    def _lot(self, number: int | None) -> str | None:
        name = self.names.get(number)
        return f"{name.commodity}-{name.batch}" if name else None

    def _money(self, fen: int | None) -> str | None:
        return None if fen is None else short(fen, self.language)


def _runs(page: CargoPage, language: str, say: Say) -> tuple[Run, ...]:
    named = (
        ("appraised", say("Appraised"), "marked", False),
        ("market", say("At the market's price"), "costs", True),
    )
    return tuple(
        Run(
            title,
            colour,
            dashed,
            tuple(getattr(each, of) // FEN for each in page.worth),
            tuple(short(getattr(each, of), language) for each in page.worth),
        )
        for of, title, colour, dashed in named
    )


def _levels(page: CargoPage, language: str) -> tuple[tuple[int, str], ...]:
    most = max(max(each.appraised, each.market) for each in page.worth) // FEN
    return tuple((level, short(level * FEN, language)) for level in levels(most))


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _around(first: int, last: int) -> tuple[str, str]:
    return (local(first) - _MARGIN).strftime(_DATE), (local(last) + _MARGIN).strftime(_DATE)


def _moment(at: int) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M")


def _day(at: int) -> str:
    return local(at).strftime(_DATE)
