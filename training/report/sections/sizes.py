"""Sizes: how often each test would reject a sound model on samples such as these."""

import numpy as np

from features.feature import Phrase
from training.metrics import auc
from training.model.scale import Floats
from training.report.evidence import Development, Evidence
from training.report.section import Section, Table
from training.report.sections.calibration import by_grade
from training.validation.null_samples import (
    Draw,
    binomial_null,
    concentration_null,
    delong_null,
    development_null,
    fisher_null,
    grade_order_null,
    hosmer_lemeshow_null,
    jeffreys_null,
    migration_null,
    spiegelhalter_null,
    stability_null,
)
from training.validation.size import LEVEL, WARNING, Size, observed_size

_ALIKE = 0.5
"""Correlation of two rankings under DeLong's null."""
_MOST = 2_000
"""Rows of a simulated sample at most: more take minutes, and are nearer to the limit anyway."""


def sizes_section(evidence: Evidence) -> Section:
    """Check VAL901."""
    settings = evidence.settings
    sizes = [
        observed_size(name, draw, seed=settings.seed, simulations=settings.simulations)
        for name, draw in nulls(evidence).items()
    ]
    worst = max(sizes, key=lambda size: size.rate)
    warned = [size.test for size in sizes if size.warns]
    return Section(
        title=Phrase("The tests themselves", "检验本身"),
        asks=(
            f"How often would each test at {LEVEL:.0%} reject a model that is right? "
            f"{settings.simulations:,} samples each, as large as here, "
            f"{evidence.wording.each_once}, from its null (where a test takes rows, of at most "
            f"{_MOST:,}). Above {WARNING:.1%} a p is to be taken with caution: the test cries "
            "wolf more often than it says; far below, it sees little."
        ),
        checks=(
            settings.standard("VAL901").judge(
                worst.rate,
                Phrase(
                    f"{worst.test} rejects {worst.rate:.1%}; above {WARNING:.1%}: "
                    f"{', '.join(warned) or 'none'}.",
                    f"{worst.test} 的实际水平最高，为 {worst.rate:.1%}；超过 {WARNING:.1%} 的检验 "
                    f"{len(warned)} 个。",
                ),
            ),
        ),
        tables=(_table(sizes),),
        figures={"sizes": {size.test: size.rate for size in sizes}},
    )


def nulls(evidence: Evidence) -> dict[str, Draw]:
    """Each test's null on samples as large as the report's."""
    now, once = evidence.now, evidence.now.once
    pd, target = now.pd[once], now.target[once]
    scale, mean = evidence.scale, float(pd.mean())
    rows, _, means = by_grade(now.grade[once], pd, target, len(scale))
    used = rows > 0
    n = len(target)
    share = min(1.0, _MOST / n)
    bad = max(2, round(int(target.sum()) * share))
    good = max(2, round((n - int(target.sum())) * share))
    area = min(0.99, max(0.5, auc(now.target, now.pd)))
    fullest = int(np.argmax(rows))
    found = {
        "Jeffreys, whole": jeffreys_null(mean, n),
        "binomial, whole": binomial_null(mean, n),
        "Jeffreys, fullest grade": jeffreys_null(float(means[fullest]), int(rows[fullest])),
        "Hosmer-Lemeshow": hosmer_lemeshow_null(means[used], rows[used]),
        "Spiegelhalter": spiegelhalter_null(_spread(pd)),
        "DeLong": delong_null(area, bad, good, _ALIKE),
    }
    if used.sum() > 1:
        found["order of grades"] = grade_order_null(rows[used], mean)
    if isinstance(evidence.development, Development):
        then = evidence.development.side
        customers = scale.count(then.grade[then.once])
        found["AUC against development"] = development_null(area, bad, good)
        if not scale.equally_full:
            found["concentration"] = concentration_null(np.maximum(customers, 1), n)
        found["PSI of the score"] = stability_null(np.ones(10), then.firms, now.firms)
    if not isinstance(evidence.segments, Phrase):
        approved = float((now.graded_by[once] <= evidence.settings.approve_up_to).mean())
        found["Fisher, halves"] = fisher_null(approved, n // 2, n - n // 2)
    if not isinstance(evidence.migration, Phrase):
        most = int(evidence.migration.counts.sum(axis=1).max())
        found["migration, fullest grade"] = migration_null(0.1, most)
    return found


def _spread(pd: Floats) -> Floats:
    """At most so many PDs, evenly from the lowest to the highest."""
    if len(pd) <= _MOST:
        return pd
    return np.sort(pd)[np.linspace(0, len(pd) - 1, _MOST).astype(np.int64)]


def _table(sizes: list[Size]) -> Table:
    return Table(
        f"Observed size at {LEVEL:.0%}",
        ("test", "rejects", ""),
        tuple((one.test, f"{one.rate:.2%}", "warns" if one.warns else "") for one in sizes),
        f"{sizes[0].simulations:,} simulations each. Checks that take the least p of several "
        "times their number reject less often than this.",
    )
