"""Signals: what a new score says that the former one of the same lender did not.

Everything is read from the two answers themselves, so it tells nothing that the bank was not
told: figures of the enterprise alone, and no value that was withheld.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

import orjson

from features.catalogue import CATALOGUE
from serving.limits.lines import Standing
from serving.policy import DEFAULTED, Policy

GRADE_CHANGED = "score.grade_changed"
EARLY_WARNING = "early_warning.raised"
TRIAL = "webhook.test"
TYPES = (GRADE_CHANGED, EARLY_WARNING)
"""Events that an endpoint may be registered for."""

_DEPTH: Mapping[Standing | None, int] = {None: 0, "above": 0, "alert": 1, "close_out": 2}


@dataclass(frozen=True)
class Observed:
    """What of an answer is compared.

    Attributes
    ----------
    score_id, enterprise_id, as_of : str
    client_reference : str or None
    score, limit_fen : int or None
        None where too little was known.
    grade : str or None
    goods : str or None
        Where the goods stand to the lines.
    in_default, dishonest : bool
    values : mapping
        Features by name, those that were not withheld and had a value.
    """

    score_id: str
    enterprise_id: str
    as_of: str
    client_reference: str | None = None
    score: int | None = None
    grade: str | None = None
    limit_fen: int | None = None
    goods: Standing | None = None
    in_default: bool = False
    dishonest: bool = False
    values: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, document: bytes) -> Self:
        """Of an answer; one of an earlier form says less."""
        told: dict[str, Any] = orjson.loads(document)
        limit = told.get("limit") or {}
        points = told.get("points") or ()
        return cls(
            score_id=told["score_id"],
            enterprise_id=told["enterprise_id"],
            as_of=told["as_of"],
            client_reference=told.get("client_reference"),
            score=told.get("score"),
            grade=told.get("grade"),
            limit_fen=limit.get("amount_fen"),
            goods=(limit.get("lines") or {}).get("standing"),
            in_default=bool(told.get("default_in_force")),
            dishonest=bool(told.get("dishonest_debtor")),
            values={
                each["feature"]: each["value"]
                for each in points
                if each.get("value") is not None and not each.get("withheld")
            },
        )

    @property
    def brief(self) -> dict[str, object]:
        """By which a bank finds it again."""
        return {
            "score_id": self.score_id,
            "as_of": self.as_of,
            "score": self.score,
            "grade": self.grade,
        }


@dataclass(frozen=True)
class Warned:
    """One rule that speaks: its code, what it says, and the figures behind it."""

    code: str
    text_en: str
    text_zh: str
    former: object = None
    now: object = None
    feature: str | None = None


@dataclass(frozen=True)
class Signal:
    """One event to tell.

    Attributes
    ----------
    kind : str
        Of :data:`TYPES`.
    data : dict
        For JSON.
    warned : tuple of Warned
        Of an early warning: the rules that speak.
    """

    kind: str
    data: dict[str, object]
    warned: tuple[Warned, ...] = ()


def signals(former: Observed, new: Observed, policy: Policy) -> Iterator[Signal]:
    """Events that a new score gives rise to.

    Parameters
    ----------
    former, new : Observed
        Of one lender and enterprise; ``new`` is not as of an earlier time.
    policy : Policy
        The lender's: its grades, and its rules of early warning.
    """
    common = {
        "enterprise_id": new.enterprise_id,
        "client_reference": new.client_reference,
        **new.brief,
        "former": former.brief,
    }
    if former.grade is not None and new.grade is not None and former.grade != new.grade:
        worse = _rank(new, policy) > _rank(former, policy)
        told = {
            "direction": "worse" if worse else "better",
            "text_en": f"The grade went from {former.grade} to {new.grade}.",
            "text_zh": f"信用等级由{former.grade}调整为{new.grade}。",
        }
        yield Signal(GRADE_CHANGED, {**common, **told})
    if warned := tuple(each for rule in _RULES for each in rule(former, new, policy)):
        data = {**common, "warnings": [vars(each) for each in warned]}
        yield Signal(EARLY_WARNING, data, warned)


def _lines(former: Observed, new: Observed, policy: Policy) -> Iterator[Warned]:
    if not policy.warnings.lines or _DEPTH[new.goods] <= _DEPTH[former.goods]:
        return
    if new.goods == "close_out":
        yield Warned(
            "close_out_line",
            "The goods fell below the close-out line.",
            "货值跌破平仓线。",
            former.goods,
            new.goods,
        )
    else:
        yield Warned(
            "alert_line",
            "The goods fell below the alert line.",
            "货值跌破警戒线。",
            former.goods,
            new.goods,
        )


def _default(former: Observed, new: Observed, policy: Policy) -> Iterator[Warned]:
    if policy.warnings.default and new.in_default and not former.in_default:
        yield Warned("default", "A default came into force.", "发生违约。", False, True)


def _dishonest(former: Observed, new: Observed, policy: Policy) -> Iterator[Warned]:
    if policy.warnings.dishonest and new.dishonest and not former.dishonest:
        yield Warned(
            "dishonest_debtor",
            "The enterprise was listed as a dishonest debtor.",
            "企业被列入失信被执行人名单。",
            False,
            True,
        )


def _unscored(former: Observed, new: Observed, policy: Policy) -> Iterator[Warned]:
    if policy.warnings.unscored and former.score is not None and new.score is None:
        yield Warned(
            "insufficient_data",
            "Too little is known for a score now.",
            "数据不足，无法继续评分。",
            former.score,
        )


def _grades(former: Observed, new: Observed, policy: Policy) -> Iterator[Warned]:
    least = policy.warnings.grades_lost
    if least is None or former.grade is None or new.grade is None:
        return
    if (lost := _rank(new, policy) - _rank(former, policy)) >= least:
        yield Warned(
            "grades_lost",
            f"The grade fell by {lost} steps.",
            f"信用等级下调{lost}级。",
            former.grade,
            new.grade,
        )


def _points(former: Observed, new: Observed, policy: Policy) -> Iterator[Warned]:
    least = policy.warnings.points_lost
    if least is None or former.score is None or new.score is None:
        return
    if (lost := former.score - new.score) >= least:
        yield Warned(
            "points_lost",
            f"The score fell by {lost} points.",
            f"信用评分下降{lost}分。",
            former.score,
            new.score,
        )


def _limit(former: Observed, new: Observed, policy: Policy) -> Iterator[Warned]:
    least = policy.warnings.limit_lost
    if least is None or not former.limit_fen or new.limit_fen is None:
        return
    lost = Decimal(former.limit_fen - new.limit_fen) / former.limit_fen
    if lost > 0 and lost >= least:
        yield Warned(
            "limit_lost",
            f"The suggested limit fell by {lost:.0%}.",
            f"建议授信额度下降{lost:.0%}。",
            former.limit_fen,
            new.limit_fen,
        )


def _reached(former: Observed, new: Observed, policy: Policy) -> Iterator[Warned]:
    for name, bound in policy.warnings.reaches.items():
        value, before = new.values.get(name), former.values.get(name)
        if value is None:
            continue
        feature = CATALOGUE.by_name[name]
        higher = int(feature.direction) > 0
        if _is_beyond(value, bound, higher) and not (
            before is not None and _is_beyond(before, bound, higher)
        ):
            yield Warned(
                "feature",
                f"{feature.title.en}: {_shown(value)} ({_shown(float(bound))} is the bound).",
                f"{feature.title.zh}：{_shown(value)}（阈值{_shown(float(bound))}）。",
                before,
                value,
                name,
            )


def _is_beyond(value: float, bound: Decimal, higher: bool) -> bool:
    return value >= float(bound) if higher else value <= float(bound)


def _shown(value: float) -> str:
    return f"{value:.6g}"


def _rank(observed: Observed, policy: Policy) -> int:
    """Place on the master scale, from the best; a grade of another scale stands with the worst."""
    names = [*(grade.name for grade in policy.grades), DEFAULTED]
    return names.index(observed.grade) if observed.grade in names else len(names) - 1


_RULES: tuple[Callable[[Observed, Observed, Policy], Iterator[Warned]], ...] = (
    _lines, _default, _dishonest, _unscored, _grades, _points, _limit, _reached,
)  # fmt: skip
