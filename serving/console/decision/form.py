"""What an officer sent with a form: an act that can be logged, or what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from serving.console.decision.act import Act, Paper, Reason, Step
from serving.console.decision.authority import authority_for
from serving.console.decision.standing import Standing
from serving.console.figures.money import FEN
from serving.console.language import mark
from serving.policy import DEFAULTED, Policy

LONGEST_NOTE = 2_000
_YUAN = re.compile(r"[0-9]{1,12}")
_ASIDE = re.compile(r"[\s,，¥￥]")

Faults = Mapping[str, str]
"""What is wrong, by the form's field; shown beside it."""


@dataclass(frozen=True)
class Ground:
    """What a form is judged by.

    Attributes
    ----------
    told : mapping
        The answer that it is about.
    policy : Policy
    standing : Standing
    allowed : frozenset of Act
        What this officer may do now.
    """

    told: Mapping[str, Any]
    policy: Policy
    standing: Standing
    allowed: frozenset[Act]

    @property
    def grades(self) -> tuple[str, ...]:
        """Grades that an override can give; D is a matter of record."""
        return tuple(grade.name for grade in self.policy.grades)

    @property
    def limit_fen(self) -> int:
        """The limit that the answer suggests."""
        return int(self.told["limit"]["amount_fen"])


@dataclass(frozen=True)
class Wanted:
    """What a form asks for.

    Attributes
    ----------
    act : Act
    note : str
    stated : mapping
        Further fields of :class:`Step`.
    """

    act: Act
    note: str
    stated: Mapping[str, Any] = field(default_factory=dict)


def read(form: Mapping[str, str], ground: Ground) -> Wanted | Faults:
    """Read a form.

    Parameters
    ----------
    form : mapping of str to str
    ground : Ground
    """
    act = next((act for act in Act if act.value == form.get("act")), None)
    if act is None or act not in ground.allowed:
        return {"act": mark("This cannot be done now: see where the decision stands.")}
    note = form.get("note", "").strip()
    if len(note) > LONGEST_NOTE:
        return {"note": mark("Longer than 2,000 characters.")}
    found, faults = _stated(act, form, ground)
    if act in (Act.PROPOSED, Act.REFUSED) and not note:
        faults["note"] = mark("Say why, in a sentence at least.")
    return faults or Wanted(act, note, found)


def _stated(
    act: Act, form: Mapping[str, str], ground: Ground
) -> tuple[dict[str, Any], dict[str, str]]:
    """What an act states besides its note, and what is wrong with it."""
    if act is Act.DOCUMENTS:
        return _papers(form)
    return _override(form, ground) if act is Act.PROPOSED else ({}, {})


def _papers(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    papers = tuple(paper for paper in Paper if form.get(f"paper-{paper.value}"))
    if not papers and not form.get("note", "").strip():
        return {}, {"papers": mark("Tick a document, or name one in the note.")}
    return {"papers": papers}, {}


def _override(form: Mapping[str, str], ground: Ground) -> tuple[dict[str, Any], dict[str, str]]:
    faults: dict[str, str] = {}
    reason = next((one for one in Reason if one.value == form.get("reason")), None)
    if reason is None:
        faults["reason"] = mark("Choose the reason.")
    grade = form.get("grade", "")
    if ground.told["grade"] == DEFAULTED:
        faults["grade"] = mark("A default is in force: it ends by a cure on record, not by a word.")
    elif grade not in ground.grades:
        faults["grade"] = mark("Choose a grade.")
    text = _ASIDE.sub("", form.get("limit", ""))
    limit = int(text) * FEN if _YUAN.fullmatch(text) else None
    if limit is None:
        faults["limit"] = mark("An amount in whole yuan, such as 1,500,000.")
    elif fault := _limit_fault(limit, grade, ground.policy):
        faults["limit"] = fault
    if limit is None or faults:
        return {}, faults
    if (grade, limit) == (ground.told["grade"], ground.limit_fen):
        return {}, {"grade": mark("Grade and limit are those of the score: agree instead.")}
    stake = max(limit, ground.limit_fen)
    step = authority_for(ground.policy.authority, stake)
    if step is None:
        return {}, {"limit": mark("The policy lets nobody override at this amount.")}
    authority = ",".join(step.officers) or step.role
    stated = {"reason": reason, "grade": grade, "limit_fen": limit}
    return {**stated, "stake_fen": stake, "authority": authority}, {}


def _limit_fault(limit: int, grade: str, policy: Policy) -> str | None:
    if limit > policy.cap_fen:
        return mark("Above the largest exposure that the policy allows.")
    if limit % policy.step_fen:
        return mark("Not in the policy's whole steps.")
    lends = {each.name: each.lend for each in policy.grades}
    if limit and not lends.get(grade, True):
        return mark("The policy lends nothing in this grade: the limit is 0.")
    return None


def step_of(wanted: Wanted, ground: Ground, at: int, by: tuple[str, str, str]) -> Step:
    """The act that a form asks for.

    Parameters
    ----------
    wanted : Wanted
    ground : Ground
    at : int
        UTC microseconds.
    by : tuple of str
        The officer's tenant, name and how pages show it.
    """
    tenant, name, called = by
    return Step(
        score_id=str(ground.told["score_id"]),
        tenant=tenant,
        enterprise_id=str(ground.told["enterprise_id"]),
        place=ground.standing.place,
        act=wanted.act,
        at=at,
        by=name,
        called=called,
        note=wanted.note,
        **wanted.stated,
    )
