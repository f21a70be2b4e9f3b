"""The report on a table of 100,000 rows: less than a minute of one processor, little memory."""

import resource
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from training.bank_table import TableDescription, from_frame
from training.config import CheckSettings
from training.report.page import page
from training.report.settings import ValidationSettings
from training.report.table_evidence import gather_table
from training.report.validation import validate
from training.table_experiment import SETTINGS, learn_table
from training.table_run import TableRun

ROOT = Path(__file__).resolve().parents[3]
ROWS = 100_000
SECONDS = 60.0
MEGABYTES = 400

pytestmark = pytest.mark.slow


def quiet(_: str) -> None:
    """No progress."""


def large() -> pd.DataFrame:
    chance = np.random.default_rng(0)
    values = chance.normal(size=(ROWS, 25))
    odds = 1.2 * values[:, :8] @ np.linspace(0.6, 0.1, 8) - 3.4
    values[chance.random(values.shape) < 0.05] = np.nan
    frame = pd.DataFrame(values, columns=[f"number {place}" for place in range(25)])
    for place in range(5):
        frame[f"text {place}"] = chance.choice(list("abcdefgh"), ROWS)
    frame["bad"] = (chance.random(ROWS) < 1 / (1 + np.exp(-odds))).astype(int)
    return frame


def test_a_large_table_is_reported_on_quickly_and_says_what_it_drew() -> None:
    described = TableDescription("bad", increasing=("number 0", "number 1"))
    run = TableRun(
        table="large.csv",
        table_sha256="0" * 64,
        **vars(described),
        seed=1,
        settings=SETTINGS,
        checks=CheckSettings(),
    )
    table = from_frame(large(), described)
    learnt = learn_table(table, "table-large", quiet, 1, SETTINGS, run.checks)
    settings = ValidationSettings.read(ROOT / "configs" / "validation.yaml")
    bundle = replace(learnt.bundle, version="1", hash="f" * 64)

    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = validate(gather_table(bundle, run, table, learnt, settings, quiet), quiet)
    text = page(report)
    spent = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{spent:.1f} s of processor time, {grown:.0f} MB, {len(text) / 1e6:.1f} MB of page")  # noqa: T201

    assert len(report.evidence.now.target) == ROWS
    assert "additivity 10,000" in text
    assert "10,000 of 100,000 rows of the table" in text
    assert spent < SECONDS
    assert grown < MEGABYTES
