"""What jobs leave on the disk is removed in time."""

import time
from pathlib import Path

from serving.jobs.leftovers import RESULT_DAYS, tidy
from serving.jobs.result import RESULT


def test_what_broken_calls_left_is_removed_a_day_later(tmp_path: Path) -> None:
    left = {"incoming/a.csv", "unknown/rows.ndjson", "known/x.new"}
    for name in (*left, "known/rows.ndjson", "unknown/result.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    now = int(time.time() * 1e6)
    tidy(tmp_path, "known".__eq__, now)
    assert all((tmp_path / name).exists() for name in left)
    tidy(tmp_path, "known".__eq__, now + 86_500 * 1_000_000)
    kept = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()}
    assert kept == {"known/rows.ndjson", "unknown/result.parquet"}


def test_a_result_is_removed_when_it_is_a_month_old(tmp_path: Path) -> None:
    result = tmp_path / "known" / RESULT
    result.parent.mkdir()
    result.write_text("x")
    made = int(result.stat().st_mtime * 1e6)
    for days, stays in ((RESULT_DAYS - 0.1, True), (RESULT_DAYS + 0.1, False)):
        tidy(tmp_path, "known".__eq__, made + int(days * 86_400 * 1e6))
        assert result.exists() is stays
