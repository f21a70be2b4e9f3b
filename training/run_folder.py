"""The folder of a run: the bundle, the plots and the figures, as they go to MLflow."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from features.catalogue import CATALOGUE
from training.comparison import CANDIDATE
from training.config import TrainConfig
from training.experiment import Experiment
from training.inputs import Inputs
from training.metrics import FIGURES, Performance
from training.mlflow_model import write_mlflow_model
from training.model.bundle import Bundle
from training.model.manifest import json_bytes
from training.model_card import model_card
from training.model_graph import onnx_bytes
from training.plots import draw_calibration, draw_points, draw_roc, draw_scores
from training.table_experiment import TableExperiment
from training.table_run import FILE, TableRun
from training.tracking import BUNDLE


def write_folder(
    folder: Path, done: Experiment, config: TrainConfig, code: Mapping[str, str]
) -> Bundle:
    """Write all that is kept of a training; the bundle comes back with its hash.

    Parameters
    ----------
    folder : Path
    done : Experiment
    config : TrainConfig
    code : mapping of str to str
        Version of the code, for the model card.
    """
    rows = done.parts.test
    target = done.sample.target[rows]
    said = {name: type(one)(one.pd[rows], one.rank[rows]) for name, one in done.forecasts.items()}
    plots = folder / "plots"
    draw_roc(target, said, plots / "roc.png")
    draw_calibration(target, done.test_scores.pd, plots / "calibration.png")
    draw_scores(target, done.test_scores.score_micro, plots / "scores.png")
    draw_points(
        done.bundle.features,
        done.test_scores.micro_points,
        done.sample.choose(done.bundle.features)[rows],
        plots / "points.png",
        config.seed,
    )
    figures = {
        **done.comparison.as_data(),
        "central_tendency": done.bundle.facts["central_tendency"],
        "cycle": done.bundle.cycle and done.bundle.cycle.stated(),
        "calibration_rivals": done.bundle.facts["calibration_rivals"],
        "dropped": dict(done.dropped),
        "findings": [str(finding) for finding in done.findings],
    }
    (folder / "figures.json").write_bytes(json_bytes(figures))
    stated = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False)
    (folder / "train.yaml").write_text(stated, encoding="utf-8")
    bundle = _write_model(folder, done.bundle)
    card = model_card(bundle, CATALOGUE, figures["findings"], code)
    (folder / "model_card.md").write_text(card, encoding="utf-8")
    return bundle


def write_table_folder(folder: Path, done: TableExperiment, run: TableRun) -> Bundle:
    """Write all that is kept of a training on a bank's own table."""
    figures = {
        "fold_auc": list(done.folds.ours),
        "fold_auc_plain_lightgbm": list(done.folds.plain),
        "findings": [str(finding) for finding in done.findings],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").write_bytes(json_bytes(figures))
    (folder / FILE).write_text(run.written(), encoding="utf-8")
    return _write_model(folder, done.bundle)


def parameters(done: Experiment, inputs: Inputs, config: TrainConfig) -> dict[str, object]:
    """Parameters of the run: the configuration, flat, and the data's fingerprint."""
    facts = done.bundle.facts
    return {
        **_flat(config.model_dump(mode="json")),
        "rounds": done.fitted.rounds,
        "features": len(done.bundle.features),
        "train_months": f"{facts['fit']['from']}..{facts['fit']['to']}",
        "test_months": f"{facts['test']['from']}..{facts['test']['to']}",
        "training_labels_as_of": facts["training_labels_as_of"],
        "test_labels_as_of": facts["test_labels_as_of"],
        "table_sha256": inputs.table_sha256,
        "record_position": inputs.position,
        "catalogue_hash": done.bundle.catalogue_hash,
        "model_hash": done.bundle.hash,
    }


def metrics(done: Experiment) -> dict[str, float]:
    """Figures of the run: ``test_auc`` of the candidate, ``test_auc.<baseline>`` beside it."""
    found: dict[str, float] = {}
    for side, performances in (
        ("test", done.comparison.out_of_time),
        ("unseen", done.comparison.unseen),
    ):
        for name, one in performances.items():
            end = "" if name == CANDIDATE else f".{name}"
            found |= {f"{side}_{key}{end}": value for key, value in _shown(one).items()}
    for name, rows in (
        ("fit", done.parts.fit),
        ("calibration", done.parts.calibration),
        ("test", done.parts.test),
    ):
        found[f"{name}_rows"] = float(rows.sum())
        found[f"{name}_defaults"] = float(done.sample.target[rows].sum())
    if (splits := done.comparison.splits) is not None:
        found |= {"cv_auc_by_row": splits.by_row, "cv_auc_by_enterprise": splits.by_enterprise}
    found |= {f"dropped_{reason}": float(count) for reason, count in done.dropped.items()}
    reasons = done.bundle.facts.get("reasons") or {}
    for name in ("kendalls_w", "top_overlap"):
        if reasons.get(name) is not None:
            found[f"reasons_{name}"] = float(reasons[name])
    return found | _levels(done.bundle)


def series(done: Experiment) -> dict[str, dict[int, float]]:
    """Figures over validation folds and test months (as 202106)."""
    by_month: dict[str, dict[int, float]] = {}
    for month, areas in done.comparison.by_month.items():
        for name, area in areas.items():
            if not math.isnan(area):
                end = "" if name == CANDIDATE else f".{name}"
                by_month.setdefault(f"month_auc{end}", {})[int(month.replace("-", ""))] = area
    return {"validation_log_loss": dict(enumerate(done.fitted.fold_losses)), **by_month}


def _levels(bundle: Bundle) -> dict[str, float]:
    """Figures of the PD through the cycle, and of the calibration's rivals, out of time."""
    found: dict[str, float] = {}
    if bundle.cycle is not None:
        found |= {"long_run_rate": bundle.cycle.long_run_rate, "cycle_shift": bundle.cycle.shift}
        level = bundle.facts["central_tendency"]["out_of_time"]["through_the_cycle"]
        found |= {f"test_{key}.through_the_cycle": value for key, value in level.items()}
    rivals = bundle.facts["calibration_rivals"]
    for name, one in rivals["models"].items():
        found |= {f"calibration_map_{key}.{name}": float(value) for key, value in one.items()}
    return found | {f"price_of_points_{key}": value for key, value in rivals["price"].items()}


def _write_model(folder: Path, unwritten: Bundle) -> Bundle:
    """The bundle, and the model in the forms of other tools where these can hold it."""
    bundle = unwritten.write(folder / BUNDLE)
    if not bundle.categories:
        write_mlflow_model(bundle, folder / BUNDLE)
        (folder / "model.onnx").write_bytes(onnx_bytes(bundle))
    return bundle


def _shown(one: Performance) -> dict[str, float]:
    values = {key: float(getattr(one, key)) for key in (*FIGURES, "ece", "mean_pd")}
    for key, (low, high) in one.intervals.items():
        values |= {f"{key}_low": low, f"{key}_high": high}
    return {key: value for key, value in values.items() if not math.isnan(value)}


def _flat(stated: Mapping[str, Any], before: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in stated.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{before}{key}.")
        else:
            flat[f"{before}{key}"] = value
    return flat
