"""Against today's rule: whom each would approve at the same bad rate."""

import numpy as np

from features.feature import Phrase
from training.baselines import NO_LINK
from training.comparison import CORE_RULE
from training.labels import Flags
from training.report.evidence import Evidence
from training.report.plots import swap_plot
from training.report.section import Section, Table
from training.validation.approval_gain import ApprovalGain, approval_gain
from training.validation.swap_set import SwapSet, segment, swap_set

_RESAMPLES = 300


def rule_section(evidence: Evidence) -> Section:
    """Check VAL801."""
    title = Phrase("Against today's rule", "与现行规则比较")
    standard = evidence.settings.standard("VAL801")
    now = evidence.now
    asks = (
        "At equal bad rate, how many more would be approved than by the core-enterprise rule, and "
        "how many of them have no core enterprise?"
    )
    rank = evidence.rivals[CORE_RULE]
    if isinstance(rank, Phrase):
        return Section(title, asks, (standard.not_applicable(rank),))
    asks += (
        f" On the {len(now.target):,} rows {evidence.wording.tested.en}, all of which some bank "
        "financed: who was refused has no outcome."
    )
    theirs = np.where(rank >= NO_LINK, np.nan, rank)
    unlinked = np.isnan(theirs)
    if unlinked.all():
        reason = Phrase("No applicant has a core enterprise.", "申请人均无核心企业。")
        return Section(title, asks, (standard.not_applicable(reason),))
    gain = approval_gain(now.target, now.pd, theirs, now.enterprise, _RESAMPLES)
    # The rule at its loosest: everybody with a rated core enterprise.
    last = len(gain.cut) - 1
    swap = swap_set(now.target, now.pd, theirs, float(gain.bad_rate[last]))
    # A resample in which the rule approves nobody has no ratio: then there is no interval.
    check = standard.judge(
        float(np.nan_to_num(gain.low[last])),
        Phrase(
            f"The rule approves {gain.theirs[last]:,.0f} of {len(now.target):,} at a bad rate of "
            f"{gain.bad_rate[last]:.2%}, this version {gain.ours[last]:,.0f}: "
            f"{gain.ratio[last]:.2f} times as many, 95 % interval {gain.low[last]:.2f} to "
            f"{gain.high[last]:.2f}.",
            f"规则通过 {gain.theirs[last]:,.0f} 行（共 {len(now.target):,} 行），坏账率 "
            f"{gain.bad_rate[last]:.2%}；同等坏账率下本版本通过 {gain.ours[last]:,.0f} 行，"
            f"为其 {gain.ratio[last]:.2f} 倍，95% 区间 {gain.low[last]:.2f}～"
            f"{gain.high[last]:.2f}。",
        ),
    )
    return Section(
        title,
        asks,
        (check,),
        (_swap_table(evidence, swap, unlinked), _gain_table(gain)),
        (swap_plot(evidence, swap, unlinked),),
        {
            "approved_by_rule": float(gain.theirs[last]),
            "approved_by_version": float(gain.ours[last]),
            "bad_rate": float(gain.bad_rate[last]),
        },
    )


def _swap_table(evidence: Evidence, swap: SwapSet, unlinked: Flags) -> Table:
    lines = []
    for name, members in (
        ("both approve", swap.both),
        ("only this version", swap.swapped_in),
        ("of these without a core enterprise", swap.swapped_in & unlinked),
        ("only the rule", swap.swapped_out),
        ("neither", swap.neither),
    ):
        found = segment(evidence.now.target, members)
        rate = f"{found.bad_rate:.2%}" if found.applicants else ""
        lines.append((name, f"{found.applicants:,.0f}", rate))
    return Table("Swap set", ("decision", "rows", "default rate"), tuple(lines))


def _gain_table(gain: ApprovalGain) -> Table:
    lines = tuple(
        (
            f"{gain.cut[k]:.0f}",
            f"{gain.bad_rate[k]:.2%}",
            f"{gain.theirs[k]:,.0f}",
            f"{gain.ours[k]:,.0f}",
            f"{gain.ratio[k]:.2f}",
            f"{gain.low[k]:.2f} to {gain.high[k]:.2f}",
        )
        for k in range(len(gain.cut))
    )
    return Table(
        "Approvals at each cut of the rule",
        ("rating up to", "bad rate", "rule", "this version", "ratio", "95 % interval"),
        lines,
        "Intervals over resamples of enterprises.",
    )
