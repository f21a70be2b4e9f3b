"""The charting library: its one file, as its package carries it, and nothing else of it."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import httpx
import plotly
import pytest

from serving.console.explore.library import library
from tests.serving.console.conftest import Console

ADDRESS = "/console/library/plotly.min.js"
SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_the_very_file_is_sent_and_kept_for_a_year(officer: httpx.Client, coding: str) -> None:
    asked = {"v": version("plotly")}
    answer = officer.get(ADDRESS, params=asked, headers={"Accept-Encoding": coding})
    assert answer.content == SCRIPT.read_bytes()
    assert (answer.headers.get("content-encoding") == "gzip") == (coding == "gzip")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "max-age=31536000" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("query", ["", "?v=0.0", "?v="])
def test_under_another_version_it_is_not_kept(officer: httpx.Client, query: str) -> None:
    answer = officer.get(ADDRESS + query)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


def test_no_other_file_of_the_package_is_sent(officer: httpx.Client) -> None:
    for path in ("widgetbundle.js", "datasets/iris.csv.gz", "..%2F__init__.py", ""):
        assert officer.get(f"/console/library/{path}").status_code == 404, path


def test_who_has_not_signed_in_gets_no_script(console: Console) -> None:
    answer = httpx.get(console.url + ADDRESS)
    assert answer.status_code == 303
    assert "javascript" not in answer.headers.get("content-type", "")


def test_a_package_that_is_not_there_or_has_no_script_is_no_library() -> None:
    assert library("cargoworthy_has_no_such_package") is None
    assert library("httpx") is None


def test_the_package_is_found_but_never_imported() -> None:
    code = (
        "import sys; import serving.console.application; "
        "from serving.console.explore.library import library; "
        "assert library() is not None; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({"plotly", "narwhals", "pandas"})
