import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import numpy as np
import orjson
import pytest

from features.profile.divergence import psi
from serving.app import create_app
from serving.entry import SCORE
from tests.serving.conftest import NOW, World, served
from tests.serving.console.conftest import BANK, PASSWORD
from tests.serving.console.models.conftest import MONTHS, PAGE, PORTFOLIO, ModelsDesk
from training.model.reference import Reference

MODELS = "/console/models"


@pytest.fixture(scope="module")
def browser(models: ModelsDesk) -> Iterator[httpx.Client]:
    with models.console.signed_in("liu.yan") as found:
        yield found


def section(text: str, name: str) -> str:
    """The text of one section, without its markup."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}".*?</section>', text, re.DOTALL)
    assert found is not None, name
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))
    return re.sub(r" ([.,])", r"\1", words)


def test_only_model_officers_and_approvers_see_models(models: ModelsDesk) -> None:
    paths = (
        MODELS,
        f"{MODELS}/{models.champion.hash}/report",
        f"{MODELS}/{models.champion.hash}/report.html",
    )
    for name, status in (("liu.yan", 200), ("wang.min", 200), ("li.wei", 403), ("zhou.tao", 403)):
        with models.console.signed_in(name) as found:
            assert [found.get(path).status_code for path in paths] == [status] * 3, name
            linked = f'href="{MODELS}"' in found.get("/console/", follow_redirects=True).text
            assert linked == (status == 200)


def test_champion_and_challenger_stand_side_by_side(
    models: ModelsDesk, browser: httpx.Client
) -> None:
    told = section(browser.get(MODELS).text, "sides")
    assert models.champion.hash[:16] in told
    assert models.challenger[:16] in told
    assert "version 8" in told
    assert "version 9" in told
    assert told.count("0.701") == 2
    assert "by 陈静" in told
    assert "not in force" in told
    assert told.count("400 rows of 90 enterprises, 21 defaults") == 6
    assert "Nobody challenges" not in told


def test_the_drift_of_the_score_is_that_of_the_newest_answers(
    models: ModelsDesk, browser: httpx.Client
) -> None:
    reference = Reference.read(models.champion.facts)
    assert reference is not None
    with models.console.rooms.ledger().engine.connect() as connection:
        query = SCORE.select().where(SCORE.c.tenant == BANK, SCORE.c.as_of == MONTHS[-1])
        documents = [orjson.loads(row.document) for row in connection.execute(query)]
    scored = [each for each in documents if each["status"] == "scored"]
    points = [each["score_micro_points"] / 1e6 for each in scored if not each["default_in_force"]]
    assert 20 <= len(points) < len(PORTFOLIO)
    edges = [-np.inf, *reference.score.edges, np.inf]
    now = [sum(low < one <= high for one in points) for low, high in pairwise(edges)]
    expected = psi([*reference.score.counts], [*now, 0])
    told = section(browser.get(MODELS).text, "drift")
    assert f"PSI {expected:.3f}" in told
    assert f"Newest scores of {len(points)} of your {len(PORTFOLIO)} cases" in told
    for month in ("2022-09", "2022-10", "2022-11", "2022-12"):
        assert month in told


def test_features_are_told_but_those_that_answers_withhold(browser: httpx.Client) -> None:
    told = section(browser.get(MODELS).text, "features")
    assert "features are not told" in told
    assert "Same controller" not in told
    listed = re.search(r"All (\d+) features", told)
    withheld = re.search(r"(\d+) features are not told", told)
    assert listed is not None
    assert withheld is not None
    assert int(listed[1]) + int(withheld[1]) == 114


def test_defaults_are_held_against_the_pd_of_settled_and_running_years(
    browser: httpx.Client,
) -> None:
    told = section(browser.get(MODELS).text, "realised")
    assert "Scores as of 2021-12-01." in told
    settled, running = told.split("The year after the score still runs")
    assert "Scores as of 2022-10-01." in running
    total = re.search(r"All (\d+) ([\d.]+)% ([\d.]+) (\d+) ", settled)
    assert total is not None
    # The one default came on 2022-12-12: after the settled year, within the running one.
    assert int(total[4]) == 0
    in_running = re.search(r"All (\d+) ([\d.]+)% ([\d.]+) (\d+) ", running)
    assert in_running is not None
    assert int(in_running[4]) == 1


def test_the_record_of_promotions_is_shown_and_its_chain_named(
    models: ModelsDesk, browser: httpx.Client
) -> None:
    told = section(browser.get(MODELS).text, "history")
    assert "陈静" in told
    assert models.champion.hash[:8] in told
    assert "The chain of hashes is sound" in told


def test_a_card_is_rendered_and_nothing_in_it_runs(browser: httpx.Client) -> None:
    text = browser.get(MODELS).text
    assert "<h3>Model card: sme-pd</h3>" in text
    assert "<script>8</script>" not in text
    assert "&lt;script&gt;8" in text
    assert not re.search(r"\sstyle=", text)


def test_the_report_tells_every_check_in_both_languages(
    models: ModelsDesk, browser: httpx.Client
) -> None:
    path = f"{MODELS}/{models.champion.hash}/report"
    english, chinese = (browser.get(path, params={"lang": x}).text for x in ("en", "zh"))
    browser.get(path, params={"lang": "en"})
    for name in ("VAL201", "VAL305", "VAL501"):
        assert f"Check {name}" in english
        assert f"检验{name}" in chinese
        assert f"Detail of {name} &lt;b&gt;." in english
        assert f"{name}说明" in chinese
    red = browser.get(path, params={"verdict": "red"}).text
    assert "VAL201" in red
    assert "VAL501" not in red
    assert (
        "No check has this verdict" in browser.get(path, params={"verdict": "not applicable"}).text
    )
    assert "VAL501" in browser.get(path, params={"verdict": "mauve"}).text


def test_the_reports_files_are_saved_and_never_shown(
    models: ModelsDesk, browser: httpx.Client
) -> None:
    for name in ("report.html", "report.json"):
        answer = browser.get(f"{MODELS}/{models.champion.hash}/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert browser.get(f"{MODELS}/{models.champion.hash}/report.html").content == PAGE


@pytest.mark.parametrize("wanted", ["0" * 64, "champion", "..%2f..%2fchampion", "%00"])
def test_a_model_that_nobody_laid_there_is_not_there(browser: httpx.Client, wanted: str) -> None:
    assert browser.get(f"{MODELS}/{wanted}/report").status_code == 404
    assert browser.get(f"{MODELS}/{wanted}/report.json").status_code == 404


def test_only_the_reports_files_are_handed_out(models: ModelsDesk, browser: httpx.Client) -> None:
    for name in ("bundle.json", "report.txt", "..%2f..%2fchampion.json"):
        assert browser.get(f"{MODELS}/{models.champion.hash}/{name}").status_code == 404


def test_a_report_that_was_changed_is_not_shown(models: ModelsDesk, browser: httpx.Client) -> None:
    path = models.shelf / "dossiers" / models.challenger / "report.json"
    content = path.read_bytes()
    try:
        path.write_bytes(content.replace(b'"red"', b'"green"', 1))
        assert browser.get(f"{MODELS}/{models.challenger}/report").status_code == 503
        assert browser.get(f"{MODELS}/{models.challenger}/report.json").status_code == 503
    finally:
        path.write_bytes(content)
    saved = browser.get(f"{MODELS}/{models.challenger}/report.json").content
    assert hashlib.sha256(saved).digest() == hashlib.sha256(content).digest()


def test_another_lender_sees_the_model_by_its_own_cases_alone(models: ModelsDesk) -> None:
    with models.console.signed_in("small") as browser:
        text = browser.get(MODELS).text
    assert models.champion.hash[:16] in text
    assert "Too few scores of this model to tell: 1" in text
    assert "of your 1 cases" in text
    assert "of your 27 cases" not in text


def test_a_bundle_of_before_and_a_missing_record_are_said(
    world: World, tmp_path: Path, models: ModelsDesk
) -> None:
    # The world's own champion keeps no reference, has no dossier, and nobody challenges it.
    ledger = models.console.rooms.settings.ledger
    settings = world.settings(tmp_path / "ledger.db", as_of=MONTHS[-1]).model_copy(
        update={"ledger": ledger, "promotions": f"sqlite:///{tmp_path}/nothing.db"}
    )
    with served(create_app(settings, clock=lambda: NOW)) as client:
        form = {"name": "liu.yan", "password": PASSWORD}
        assert client.post("/console/sign-in", data=form).status_code == 303
        text = client.get(MODELS).text
    assert "does not say how scores and features were spread" in text
    assert "Nobody challenges" in text
    assert "are not on this service" in text
    assert "The record of promotions does not lie where" in text
    assert "No score of this model among your cases yet" in text
    assert not (tmp_path / "nothing.db").exists()


def test_without_a_champion_the_page_says_so(
    world: World, tmp_path: Path, models: ModelsDesk
) -> None:
    settings = world.settings(tmp_path / "ledger.db", models=tmp_path / "empty").model_copy(
        update={"ledger": models.console.rooms.settings.ledger, "promotions": models.promotions}
    )
    with served(create_app(settings, clock=lambda: NOW)) as client:
        form = {"name": "liu.yan", "password": PASSWORD}
        client.post("/console/sign-in", data=form)
        answer = client.get(MODELS)
    assert answer.status_code == 200
    assert "No model is in force yet" in answer.text
    assert "陈静" in answer.text
