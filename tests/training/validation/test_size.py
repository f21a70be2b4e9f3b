import numpy as np
import pytest
from scipy import stats

from training.model.scale import Floats
from training.validation.errors import EvidenceError
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
from training.validation.size import Size, observed_size

PD = np.array([0.01, 0.03, 0.08, 0.2])
ROWS = np.array([800, 600, 400, 200])


def within(rate: float, expected: float, simulations: int) -> bool:
    """Within four standard errors."""
    return abs(rate - expected) < 4 * (expected * (1 - expected) / simulations) ** 0.5


def test_a_uniform_p_has_the_size_it_says() -> None:
    found = observed_size("uniform", lambda chance, samples: chance.random(samples), seed=1)
    assert found.simulations == 10_000
    assert within(found.rate, 0.05, 10_000)
    assert not found.warns


def test_jeffreys_rejects_too_often_where_defaults_are_few() -> None:
    """By adding up the binomial distribution the size is 6.3 %."""
    defaults = np.arange(101)
    p = stats.beta.cdf(0.05, defaults + 0.5, 100 - defaults + 0.5)
    exact = stats.binom.pmf(defaults, 100, 0.05)[p < 0.05].sum()
    assert round(exact, 3) == 0.063
    found = observed_size("Jeffreys", jeffreys_null(0.05, 100), seed=11)
    assert within(found.rate, exact, 10_000)
    assert found.warns


def test_the_binomial_test_rejects_too_seldom() -> None:
    defaults = np.arange(101)
    p = stats.binom.sf(defaults - 1, 100, 0.05)
    exact = stats.binom.pmf(defaults, 100, 0.05)[p < 0.05].sum()
    found = observed_size("binomial", binomial_null(0.05, 100), seed=11)
    assert within(found.rate, exact, 10_000)
    assert exact < 0.05


@pytest.mark.parametrize(
    ("draw", "low", "high"),
    [
        (hosmer_lemeshow_null(PD, ROWS), 0.035, 0.065),
        (spiegelhalter_null(np.repeat(PD, ROWS // 4)), 0.035, 0.065),
        (development_null(0.75, 40, 200), 0.02, 0.07),
        (delong_null(0.75, 40, 200, 0.6), 0.035, 0.07),
        (grade_order_null(ROWS, 0.05), 0.0, 0.05),
        (migration_null(0.2, 500), 0.035, 0.065),
        (concentration_null(ROWS, 2000), 0.0, 0.01),
        (stability_null(ROWS, 2000, 1500), 0.035, 0.065),
        (fisher_null(0.5, 100, 400), 0.02, 0.055),
    ],
    ids=[
        "Hosmer-Lemeshow",
        "Spiegelhalter",
        "development",
        "DeLong",
        "grade order",
        "migration",
        "concentration",
        "stability",
        "Fisher",
    ],
)
def test_the_null_of_each_test_is_drawn(draw: Draw, low: float, high: float) -> None:
    found = observed_size("test", draw, seed=3, simulations=2000)
    assert low <= found.rate <= high
    p = draw(np.random.default_rng(0), 50)
    assert p.shape == (50,)
    assert ((p >= 0) & (p <= 1)).all()
    assert len(np.unique(p)) > 5


def test_the_true_areas_of_the_nulls_are_those_asked_for() -> None:
    """At development's AUC half of all samples lie above it; DeLong's two are alike."""
    p: Floats = development_null(0.8, 200, 400)(np.random.default_rng(4), 500)
    assert np.median(p) == pytest.approx(0.5, abs=0.08)
    apart = delong_null(0.8, 100, 200, 0.0)(np.random.default_rng(4), 500)
    assert np.median(apart) == pytest.approx(0.5, abs=0.08)
    assert (delong_null(0.8, 20, 40, 1.0)(np.random.default_rng(4), 5) == 1).all()


def test_the_same_seed_gives_the_same_size() -> None:
    draw = jeffreys_null(0.05, 100)
    sizes = {observed_size("J", draw, seed=seed, simulations=950).rate for seed in (1, 1, 2)}
    assert len(sizes) == 2
    assert observed_size("all", lambda _, n: np.zeros(n), seed=0, simulations=950).rate == 1


def test_the_warning_begins_above_its_bound() -> None:
    assert not Size("t", 0.057, 10_000).warns
    assert Size("t", 0.0571, 10_000).warns


def test_two_cells_hold_at_most_all() -> None:
    with pytest.raises(EvidenceError, match="from 0 to 1/2"):
        migration_null(0.6, 10)
