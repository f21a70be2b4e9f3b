import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
import typer
from typer.testing import CliRunner

from serving import cli
from serving.scores.document import ScoredAnswer
from serving.scores.families import TITLES
from serving.scores.waterfall import bars, waterfall
from supervision.errors import CargoworthyError, UsageError
from tests.serving.conftest import POLICY, STRONG, UNKNOWN, WEAK, World

AS_OF = "2023-01-01T00:00:00+08:00"

front_door = typer.Typer()
front_door.command()(cli.score)


@pytest.fixture(scope="module", params=[WEAK, STRONG])
def answer(client: httpx.Client, request: pytest.FixtureRequest) -> ScoredAnswer:
    body = {"enterprise_id": request.param, "as_of": AS_OF}
    return ScoredAnswer.model_validate_json(client.post("/v1/scores", json=body).content)


def test_the_bars_lead_without_a_gap_from_the_base_to_the_score(answer: ScoredAnswer) -> None:
    steps = bars(answer, "en")
    assert len(steps) == len(TITLES) + 2
    assert steps[0].end == answer.base_points
    assert steps[-1].end == answer.score
    for before, after in pairwise(steps):
        assert before.end == (after.end if after.is_total else after.start)


def test_the_largest_points_stand_first(answer: ScoredAnswer) -> None:
    steps = {bar.label: bar.end - bar.start for bar in bars(answer, "en")[1:-1]}
    sizes = [abs(step) for step in steps.values()]
    assert sizes == sorted(sizes, reverse=True)
    for reason in answer.reasons:
        assert steps[reason.title_en] == reason.points


def test_the_drawing_is_whole_and_says_every_bar(answer: ScoredAnswer) -> None:
    for language in ("en", "zh"):
        drawn = waterfall(answer, language)  # type: ignore[arg-type]
        whole = ElementTree.fromstring(drawn)  # noqa: S314 drawn a line above
        texts = [element.text for element in whole.iter() if element.text]
        for bar in bars(answer, language):  # type: ignore[arg-type]
            assert bar.label in texts
            assert bar.figure in texts
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", drawn)


def _score(world: World, tmp_path: Path, *words: str) -> object:
    paths = ["--database", world.database, "--models", str(world.models), "--policy", str(POLICY)]
    paths += ["--promotion-key", str(tmp_path / "none")]
    paths += ["--ledger", f"sqlite:///{tmp_path}/ledger.db", "--as-of", "2023-01-01"]
    return CliRunner().invoke(front_door, [*words, *paths])


def test_the_command_draws_one_enterprise(world: World, tmp_path: Path) -> None:
    path = tmp_path / "plots" / "weak.svg"
    _score(world, tmp_path, WEAK, "--plot", str(path), "--language", "zh")
    assert "信用评分" in path.read_text(encoding="utf-8")


def test_several_enterprises_are_not_drawn_into_one_file(world: World, tmp_path: Path) -> None:
    found = _score(world, tmp_path, WEAK, STRONG, "--plot", str(tmp_path / "p.svg"))
    assert isinstance(found.exception, UsageError)  # type: ignore[attr-defined]


def test_what_has_no_score_cannot_be_drawn(world: World, tmp_path: Path) -> None:
    found = _score(world, tmp_path, UNKNOWN, "--plot", str(tmp_path / "p.svg"))
    assert isinstance(found.exception, CargoworthyError)  # type: ignore[attr-defined]
    assert "insufficient data" in str(found.exception)  # type: ignore[attr-defined]
