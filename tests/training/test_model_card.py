"""The card is written from a bundle's facts; a real training writes one in test_project_run.py."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from features.catalogue import CATALOGUE
from training.config import BoostingSettings
from training.estimator import Recipe, fit_rounds
from training.model.bundle import Bundle, assemble
from training.model.calibration import Calibration
from training.model_card import model_card

CODE = {"commit": "c0ffee", "source_sha256": "5" * 64}
FEATURES = CATALOGUE.champion[::9]


def figures(auc: float) -> dict[str, Any]:
    return {
        "auc": auc,
        "auc_low": auc - 0.05,
        "auc_high": auc + 0.05,
        "ks": 0.3,
        "brier": 0.0312,
        "mean_pd": 0.0311,
        "default_rate": 0.03,
    }


def facts() -> dict[str, Any]:
    part = {"rows": 4321, "defaults": 130, "enterprises": 400}
    return {
        "fit": {**part, "from": "2019-12", "to": "2020-05"},
        "calibration": {**part, "from": "2019-12", "to": "2020-05"},
        "test": {**part, "rows": 5678, "from": "2021-06", "to": "2021-11"},
        "dropped": {"no_open_facility": 53232, "in_default": 347},
        "rounds": 52,
        "seed": 7,
        "settings": {"learning_rate": 0.04, "num_leaves": 8},
        "window_months": 12,
        "reporting_lag_months": 1,
        "training_labels_as_of": "2021-07-01T00:00:00+08:00",
        "test_labels_as_of": "2023-01-01T00:00:00+08:00",
        "record_position": 4609838,
        "table_sha256": "7" * 64,
        "selection": {"method": "none"},
        "monotone_probes": 59700,
        "performance": {
            "out_of_time": {"candidate": figures(0.81), "core_enterprise_rule": figures(0.62)},
            "unseen_enterprises": {"candidate": figures(0.79)},
        },
    }


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    chance = np.random.default_rng(1)
    values = chance.normal(size=(400, len(FEATURES)))
    target = (chance.uniform(size=400) < 0.3).astype(np.int8)
    names = tuple(feature.name for feature in FEATURES)
    directions = tuple(feature.direction for feature in FEATURES)
    booster = fit_rounds(values, target, Recipe(names, directions, 1, BoostingSettings()), 3)
    return assemble(
        booster,
        Calibration(1.0, 0.2285, (0.04, 0.01, 0.0225)),
        values[:3],
        name="sme-pd",
        features=names,
        directions=directions,
        catalogue_hash=CATALOGUE.hash,
        facts=facts(),
        hash="ab" * 32,
    )


@pytest.fixture(scope="module")
def card(bundle: Bundle) -> str:
    return model_card(bundle, CATALOGUE, ["PD002 suspected leak: column x"], CODE)


def test_the_card_states_the_figures_of_the_model(card: str, bundle: Bundle) -> None:
    one = bundle.facts["performance"]["out_of_time"]["candidate"]
    assert f"| candidate | {one['auc']:.3f} |" in card
    assert "| test | 2021-06 to 2021-11 | 5,678 | 130 | 400 |" in card
    for said in (bundle.hash, bundle.catalogue_hash, "c0ffee", "2021-07-01T00:00:00+08:00"):
        assert said in card
    for reason, count in bundle.facts["dropped"].items():
        assert f"{reason.replace('_', ' ')} {count:,}" in card


def test_the_card_says_how_far_the_calibration_is_known(card: str, bundle: Bundle) -> None:
    assert "intercept +0.2285; standard errors over enterprises 0.2000 and 0.1500." in card
    unknown = replace(bundle, calibration=Calibration(1.0, 0.2285))
    assert "intercept +0.2285." in model_card(unknown, CATALOGUE, [], CODE)


def test_the_families_add_up_to_the_features(card: str, bundle: Bundle) -> None:
    table = card.split("## Features by family")[1].split("##")[0]
    rows = [line.split("|")[2:6] for line in table.splitlines() if line.startswith("| ")][1:]
    counts = [[int(cell) for cell in row] for row in rows]
    assert sum(row[0] for row in counts) == len(bundle.features)
    assert sum(row[1] for row in counts) == bundle.directions.count(1)
    assert all(row[0] == sum(row[1:]) for row in counts)


def test_the_summary_is_chinese_and_holds_the_same_figures(card: str, bundle: Bundle) -> None:
    summary = card.split("## 摘要")[1].split("##")[0]
    one = bundle.facts["performance"]["out_of_time"]["candidate"]
    for said in ("违约概率", f"AUC {one['auc']:.3f}", f"{one['default_rate']:.2%}"):
        assert said in summary


def limits(bundle: Bundle) -> str:
    return model_card(bundle, CATALOGUE, [], CODE).split("## Limits")[1]


def test_findings_stand_among_the_limits(card: str) -> None:
    assert "- PD002 suspected leak: column x" in card.split("## Limits")[1]


def test_an_honest_model_has_the_two_limits_of_all(bundle: Bundle) -> None:
    assert limits(bundle).count("\n- ") == 2


def test_what_falls_short_is_named(bundle: Bundle) -> None:
    poor = facts()
    poor["test"]["defaults"] = 12
    poor["performance"]["out_of_time"]["candidate"] = {**figures(0.66), "mean_pd": 0.06}
    poor["performance"]["splits"] = {"flattered": 0.0655}
    poor["reasons"] = {"refits": 20, "kendalls_w": 0.546, "top_overlap": 0.57}
    poor["selection"]["method"] = "weights"
    said = limits(replace(bundle, facts=poor))
    for part in (
        "the mean PD is 2.00 times the default rate",
        "The test has 12 defaults",
        "overlaps with that of the core-enterprise rule",
        "flatter its AUC by 0.066",
        "Kendall's W 0.55",
        "corrected by weights",
    ):
        assert part in said
