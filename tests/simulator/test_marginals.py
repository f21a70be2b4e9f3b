import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator.goods import GOODS
from simulator.marginals import (
    FILE,
    MASS_SCALE,
    chapter_distance,
    delivery_distance,
    distance,
    distances,
    drawn,
    good_weights,
    lateness_days,
    marginals,
    origin_weights,
    value_per_kg_distance,
)
from simulator.refit import fitted, main
from simulator.simulation import Summary
from supervision.errors import CargoworthyError, UsageError


def test_the_fitted_file_is_small_and_covers_the_ports_chapters() -> None:
    assert FILE.stat().st_size < 20_000
    fit = marginals()
    assert set(fit.chapters) == {good.hs_code[:2] for good in GOODS}
    for table in (fit.value_per_kg, fit.net_mass, fit.shipment_value, fit.lateness):
        assert (np.diff(table) >= 0).all()
    assert abs(np.median(fit.value_per_kg)) == 0
    assert (fit.value_per_kg == 0).mean() > 0.7
    assert 0.6 < (fit.lateness == 0).mean() < 0.9
    assert fit.lateness.min() >= -14
    assert fit.lateness.max() <= 60


def test_what_is_drawn_has_the_distribution_that_was_fitted() -> None:
    rng = np.random.default_rng(1)
    fit = marginals()
    assert distance(drawn(fit.net_mass, 20_000, rng), fit.net_mass) < 0.02
    assert delivery_distance(lateness_days(20_000, rng)) < 0.02
    assert value_per_kg_distance(drawn(fit.value_per_kg, 20_000, rng) * 0.10) < 0.02
    assert distance(MASS_SCALE * fit.net_mass, fit.net_mass) > 0.1


def test_the_distance_is_kolmogorovs_and_smirnovs() -> None:
    assert distance(np.array([1.0, 2.0]), np.array([2.0, 1.0])) == 0.0
    assert distance(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 1.0
    assert distance(np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.0, 1.0])) == pytest.approx(0.25)
    assert chapter_distance(marginals().chapters) == 0.0


def test_weights_add_up_and_lean_to_the_data() -> None:
    for good in GOODS:
        weights = origin_weights(good)
        assert weights.sum() == pytest.approx(1.0)
        assert (weights >= 0.5 / len(weights) - 1e-12).all()
    assert good_weights().sum() == pytest.approx(1.0)
    beef = next(good for good in GOODS if good.hs_code.startswith("0202"))
    at = dict(zip((country for country, _ in beef.origins), origin_weights(beef), strict=True))
    assert at["AU"] == max(at.values())


def test_a_written_world_is_near_the_data(written: tuple[Path, Summary]) -> None:
    found = distances(written[0])
    assert set(found) == {"value_per_kg", "delivery_delay", "hs_mix"}
    assert found["value_per_kg"] < 0.08
    assert found["delivery_delay"] < 0.08
    assert 0.0 < found["hs_mix"] < 0.6


def test_a_folder_without_a_world_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CargoworthyError, match="expected declaration"):
        distances(tmp_path)


def _data(folder: Path) -> None:
    """Declarations and shipments of which every figure is known."""
    declared = pa.table(
        {
            "HS6 Code": ["020230"] * 40,
            "Country of Origin": ["AU"] * 30 + ["BR"] * 10,
            "Net Mass": [10.0] * 40,
            "Item Price": [100.0] * 30 + [100.0 * np.e] * 10,
        }
    )
    pq.write_table(declared, folder / "train.parquet")
    pq.write_table(declared.slice(0, 0), folder / "valid.parquet")
    shipped = pa.table(
        {
            "Scheduled Delivery Date": ["02-Jun-06"] * 40,
            "Delivered to Client Date": ["02-Jun-06"] * 30 + ["01-Jun-06"] * 4 + ["02-Sep-06"] * 6,
            "Shipment Mode": ["Ocean"] * 40,
            "Line Item Value": [5.0] * 40,
            "Vendor": ["one"] * 40,
        }
    )
    pq.write_table(shipped, folder / "scms.parquet")


def test_refitting_counts_what_is_there(tmp_path: Path) -> None:
    _data(tmp_path)
    fit = fitted(tmp_path, tmp_path)
    customs, shipments = fit["customs"], fit["shipments"]
    assert customs["declarations"] == 40
    assert customs["chapters"] == {"02": 40}
    assert customs["origins"]["02"] == {"AU": 30, "BR": 10}
    assert customs["value_per_kg"] == [0.0] * 150 + [1.0] * 50
    assert shipments["sea_late_share"] == 0.15
    assert shipments["sea_lateness_days"] == [-1.0] * 20 + [0.0] * 150 + [60.0] * 30
    out = tmp_path / "marginals.json"
    folders = ["--customs", str(tmp_path), "--shipments", str(tmp_path)]
    main([*folders, "--out", str(out)])
    assert json.loads(out.read_text(encoding="utf-8")) == fit


def test_refitting_without_the_data_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"expected train\.parquet"):
        fitted(tmp_path, tmp_path)
