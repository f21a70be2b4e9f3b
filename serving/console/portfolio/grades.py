"""How cases spread over the grades, and how they moved among them since an earlier month."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from serving.cases.brief import month_of
from serving.console.portfolio.holding import Holding
from serving.policy import DEFAULTED, Policy

Grade = str | None
"""None of a case that has no score, as too little is known."""


@dataclass(frozen=True)
class GradeLine:
    """The cases of one grade, or all of them.

    Attributes
    ----------
    grade : str or None
    cases : int
    share : float
        Of all cases.
    limit, exposure, loss, goods : int
        Sums, fen.
    """

    grade: Grade
    cases: int
    share: float
    limit: int
    exposure: int
    loss: int
    goods: int

    @property
    def loss_rate(self) -> float | None:
        """Expected loss as a share of the exposure."""
        return self.loss / self.exposure if self.exposure else None

    @property
    def loss_to_goods(self) -> float | None:
        """Expected loss as a share of what the goods behind it are worth."""
        return self.loss / self.goods if self.goods else None

    @property
    def cover(self) -> float | None:
        """What the goods are worth as a multiple of the exposure."""
        return self.goods / self.exposure if self.exposure else None


@dataclass(frozen=True)
class Moved:
    """Cases that went from one grade to another.

    Attributes
    ----------
    cases : int
    limit : int
        By which their limits moved together, fen.
    steps : int
        Grades down; below 0 up, 0 for none or where either has no score.
    """

    cases: int
    limit: int
    steps: int


@dataclass(frozen=True)
class Migration:
    """Where cases came from and where they are.

    Attributes
    ----------
    grades : tuple
        From the best to the worst, then None.
    cells : mapping
        From the former grade and the grade of now.
    down, same, up : Moved
        All that went down, stayed, went up.
    crossed : Moved
        All that got a score or lost it.
    near, far, entered : int
        Cases whose former score is of the month before the newest one's; of an earlier month;
        cases that have none.
    """

    grades: tuple[Grade, ...]
    cells: Mapping[tuple[Grade, Grade], Moved]
    down: Moved
    same: Moved
    up: Moved
    crossed: Moved
    near: int
    far: int
    entered: int


def scale_of(policy: Policy, holdings: Iterable[Holding]) -> tuple[Grade, ...]:
    """Grades from the best to the worst, those of another scale that cases still have, None."""
    names: list[Grade] = [*(grade.name for grade in policy.grades), DEFAULTED]
    found = {grade for h in holdings for grade in (h.case.grade, h.case.former_grade)}
    others = sorted(grade for grade in found if grade is not None and grade not in names)
    return (*names, *others, None)


def by_grade(holdings: Sequence[Holding], scale: Sequence[Grade]) -> tuple[GradeLine, ...]:
    """The cases of each grade."""
    found: dict[Grade, list[Holding]] = {grade: [] for grade in scale}
    for holding in holdings:
        found[holding.case.grade].append(holding)
    return tuple(line_of(own, len(holdings), grade) for grade, own in found.items())


def line_of(holdings: Sequence[Holding], of: int, grade: Grade = None) -> GradeLine:
    """Some cases added up.

    Parameters
    ----------
    holdings : sequence of Holding
    of : int
        Of how many in all.
    grade : str or None
    """
    return GradeLine(
        grade=grade,
        cases=len(holdings),
        share=len(holdings) / of if of else 0.0,
        limit=sum([h.case.limit_fen or 0 for h in holdings]),
        exposure=sum([h.exposure_fen for h in holdings]),
        loss=sum([h.loss_fen for h in holdings]),
        goods=sum([h.goods_fen for h in holdings]),
    )


def migration(holdings: Sequence[Holding], scale: Sequence[Grade]) -> Migration:
    """How cases moved since their last score of an earlier month."""
    rank = {grade: n for n, grade in enumerate(scale)}
    counted: Counter[tuple[Grade, Grade]] = Counter()
    limits: Counter[tuple[Grade, Grade]] = Counter()
    near = far = 0
    for holding in holdings:
        case = holding.case
        if case.former_as_of is None:
            continue
        if month_of(case.as_of) - month_of(case.former_as_of) == 1:
            near += 1
        else:
            far += 1
        way = (case.former_grade, case.grade)
        counted[way] += 1
        limits[way] += (case.limit_fen or 0) - (holding.former_limit_fen or 0)
    cells = {
        (former, now): Moved(
            number,
            limits[former, now],
            rank[now] - rank[former] if former is not None and now is not None else 0,
        )
        for (former, now), number in counted.items()
    }
    return Migration(
        grades=tuple(scale),
        cells=cells,
        down=_together([cell for cell in cells.values() if cell.steps > 0]),
        same=_together([cell for (former, now), cell in cells.items() if former == now]),
        up=_together([cell for cell in cells.values() if cell.steps < 0]),
        crossed=_together(
            [cell for (former, now), cell in cells.items() if (former is None) != (now is None)]
        ),
        near=near,
        far=far,
        entered=len(holdings) - near - far,
    )


def _together(cells: Sequence[Moved]) -> Moved:
    return Moved(sum(cell.cases for cell in cells), sum(cell.limit for cell in cells), 0)
