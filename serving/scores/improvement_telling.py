"""What would raise a grade, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from features.actions import Action
from features.feature import Phrase
from serving.language import Language, spoken
from serving.profiles.wording import worded
from serving.scores.improvement import Change, Improvement, Joint, Prospect
from serving.scores.improvement_document import ChangePart, ImprovementPart, JointPart

_YEAR = 365
_NOTHING = Phrase(
    "There is nothing in the trader's own hands for which this model would give more points.",
    "企业自身可改进的事项均不能提高该模型的评分。",
)
_DEFAULT = Phrase(
    "A default is in force, so the grade is D until it is cured, whatever else is done.",
    "违约尚未恢复，在此之前信用等级维持D级，其他改进不改变等级。",
)
_BEST = Phrase("The grade is the best already.", "信用等级已为最高。")


@dataclass(frozen=True)
class Teller:
    """Tells a prospect.

    Attributes
    ----------
    grades : tuple of str
        The lender's scale from the best; D last.
    language : {"en", "zh"}
    """

    grades: tuple[str, ...]
    language: Language

    def each(self, one: Improvement) -> ImprovementPart:
        """One action."""
        action, grade = one.action, self.grades[one.outlook.grade]
        days = _days(one.changes)
        at_last_en = f" It shows in full within {days} days." if days else ""
        at_last_zh = f"最迟{days}天后充分体现。" if days else ""
        text = Phrase(
            f"{action.advice.en} This gains {_points(one.points)}, to {one.outlook.score} "
            f"(grade {grade}).{at_last_en}",
            f"{action.advice.zh}可加{one.points}分，至{one.outlook.score}分（{grade}级）。{at_last_zh}",
        )
        return ImprovementPart(
            action=action.code,
            title=spoken(action.title, self.language),
            text=spoken(text, self.language),
            points=one.points,
            score=one.outlook.score,
            grade=grade,
            within_days=days,
            changes=tuple(self._change(change) for change in one.changes),
        )

    def joint(self, joint: Joint | None) -> JointPart | None:
        """Several actions at once."""
        if joint is None:
            return None
        score, grade = joint.outlook.score, self.grades[joint.outlook.grade]
        text = Phrase(
            f"{_listed(joint.actions, 'en')}: {joint.points:+d} points together, to {score} "
            f"(grade {grade}).",
            f"{_listed(joint.actions, 'zh')}：合计{joint.points:+d}分，至{score}分（{grade}级）。",
        )
        return JointPart(
            actions=tuple(action.code for action in joint.actions),
            points=joint.points,
            score=score,
            grade=grade,
            text=spoken(text, self.language),
        )

    def whole(self, found: Prospect, *, in_default: bool) -> str:
        """All of it in a sentence."""
        return spoken(self._whole(found, in_default=in_default), self.language)

    def _whole(self, found: Prospect, *, in_default: bool) -> Phrase:
        now, most = found.now, found.most
        if in_default:
            return _DEFAULT
        if now.grade == 0:
            return _BEST
        if most is None or (found.step is None and not most.points):
            return _NOTHING
        grade = self.grades[now.grade]
        if found.step is None:
            better = self.grades[now.grade - 1]
            return Phrase(
                f"All that is in the trader's own hands would raise the score by "
                f"{_points(most.points)} to {most.outlook.score}. That does not reach the next "
                f"better grade, {better}: the grade stays {grade}.",
                f"企业自身可做的全部改进合计可加{most.points}分，至{most.outlook.score}分，"
                f"仍达不到上一级{better}，信用等级维持{grade}级。",
            )
        step, reached = found.step, self.grades[found.step.outlook.grade]
        return Phrase(
            f"{_listed(step.actions, 'en')}: this would raise the score by {_points(step.points)} "
            f"to {step.outlook.score} and the grade from {grade} to {reached}.",
            f"{_listed(step.actions, 'zh')}：可加{step.points}分，至{step.outlook.score}分，"
            f"信用等级由{grade}升至{reached}。",
        )

    def _change(self, change: Change) -> ChangePart:
        feature = change.feature
        value, target = worded(change.value, feature), worded(change.target, feature)
        text = Phrase(
            f"{feature.title.en}: from {value.en} to {target.en}",
            f"{feature.title.zh}：由{value.zh}至{target.zh}",
        )
        return ChangePart(
            feature=feature.name,
            title=spoken(feature.title, self.language),
            value=change.value,
            target=change.target,
            unit=feature.unit,
            text=spoken(text, self.language),
        )


def _days(changes: Sequence[Change]) -> int:
    """Days after which all of the features look back on nothing older; a year for months."""
    return max(
        _YEAR if change.feature.unit == "months" else change.feature.window or 0
        for change in changes
    )


def _points(points: int) -> str:
    return "1 point" if points == 1 else f"{points} points"


def _listed(actions: Sequence[Action], language: Language) -> str:
    titles = [spoken(action.title, language) for action in actions]
    return ("; " if language == "en" else "、").join(titles)
