from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.optimize import minimize

from serving.policy import Policy
from training.errors import TrainingError
from training.loss.fitting import errors, fit_lgd
from training.loss.recoveries import Recoveries
from training.model.lgd import LossGivenDefault, Security

ROOT = Path(__file__).parents[3]


def simulated(effects: tuple[float, float, float], size: int = 4_000) -> Recoveries:
    """Defaults whose mean loss follows the model, with as much chance as losses have."""
    chance = np.random.default_rng(3)
    security = chance.uniform(size=(size, 3)) * (chance.uniform(size=(size, 1)) < 0.7)
    secured, liquid, controlled = security.T
    terms = np.column_stack([secured, secured * liquid, secured * controlled])
    mean = 1 / (1 + np.exp(-(0.4 + terms @ np.array(effects))))
    lost = chance.beta(1.5 * mean, 1.5 * (1 - mean))
    exposure = np.full(size, 1_000_000)
    return Recoveries(exposure, np.rint(exposure * (1 - lost)).astype(np.int64), security, 0)


def test_the_effects_that_made_the_losses_are_found_again() -> None:
    found = fit_lgd(simulated((-0.6, -0.4, -1.0)), "simulated")
    assert found.intercept == pytest.approx(0.4, abs=0.12)
    assert found.secured == pytest.approx(-0.6, abs=0.35)
    assert found.liquid == pytest.approx(-0.4, abs=0.35)
    assert found.controlled == pytest.approx(-1.0, abs=0.35)
    assert found.defaults == 4_000


def test_no_other_coefficients_are_likelier() -> None:
    """Against scipy's optimiser on the quasi-likelihood of a fractional logit."""
    recoveries = simulated((-0.6, -0.4, -1.0), 300)
    found = fit_lgd(recoveries, "simulated")
    terms = np.array([Security(*row).terms() for row in recoveries.security.tolist()])
    design = np.column_stack([np.ones(300), terms])

    def loss(weights: np.ndarray) -> float:
        linear = design @ weights
        return float(np.sum(np.logaddexp(0, linear) - recoveries.lgd * linear))

    best = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-8}).x
    stated = [found.intercept, found.secured, found.liquid, found.controlled]
    assert stated == pytest.approx(best.tolist(), abs=2e-3)


def test_goods_that_would_raise_the_loss_are_left_out() -> None:
    found = fit_lgd(simulated((-1.0, 0.9, -0.5)), "simulated")
    assert found.liquid == 0.0
    assert found.secured < 0


def test_the_error_is_smaller_than_that_of_the_mean() -> None:
    recoveries = simulated((-1.5, -0.5, -1.5))
    quality = errors(fit_lgd(recoveries, "simulated"), recoveries)
    assert quality["error"] < quality["error_of_the_mean"]
    assert quality["mean_estimate"] == pytest.approx(quality["mean_lgd"], abs=1e-3)


def test_too_few_defaults_are_told() -> None:
    with pytest.raises(TrainingError, match=r"at least 30 defaults.*found 29 \(7 are still open\)"):
        fit_lgd(replace(simulated((-1.0, 0.0, 0.0), 29), unresolved=7), "few")


def test_losses_of_nothing_are_told() -> None:
    found = simulated((-1.0, 0.0, 0.0), 40)
    with pytest.raises(TrainingError, match="a mean LGD of 0%"):
        fit_lgd(replace(found, recovered=found.exposure), "none")


def test_the_default_policy_takes_the_fitted_lgd() -> None:
    stated = yaml.safe_load((ROOT / "configs" / "lgd.yaml").read_text(encoding="utf-8"))
    policy = Policy.load(ROOT / "configs" / "policy" / "default.yaml")
    assert policy.lgd == LossGivenDefault(**stated)
