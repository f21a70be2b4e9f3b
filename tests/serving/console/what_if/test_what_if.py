"""The what-if page over the small port: begins at the score, never falls, is logged."""

import re

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.actions import ACTIONS
from serving.console.case.answers import answers_of
from serving.console.language import HERE
from serving.console.what_if.bench import Bench, bench_of
from serving.console.what_if.plan import Plan
from serving.console.what_if.reading import Lever, what_if
from serving.ledger import SCORE
from serving.scores.replay import Stores, recovered
from tests.serving.conftest import DEFAULTED, NEWCOMER, STRONG, UNKNOWN, WEAK, code
from tests.serving.console.conftest import BANK, CASES, FOREIGN, WITHDRAWN, Console, case_path

SCORED = tuple(each for each in CASES if each != NEWCOMER)
STEPS = st.sampled_from((0, 25, 50, 75, 100))
NOISE = 40
"""Micro-points: contributions are rounded one by one before they are summed."""


def path(enterprise_id: str) -> str:
    return f"{case_path(enterprise_id)}/what-if"


@pytest.fixture(scope="module")
def benches(console: Console) -> dict[str, Bench]:
    rooms, found = console.rooms, {}
    stores = Stores.of(rooms)
    for each in SCORED:
        answer = answers_of(rooms.ledger().engine, BANK, each)[-1]
        entry = rooms.ledger().entry(answer.score_id, BANK)
        assert entry is not None
        bench = bench_of(entry, *recovered(entry, stores), rooms.peers)
        assert bench is not None
        found[each] = bench
    return found


def test_a_trial_begins_at_the_score_as_it_was_given(
    console: Console, benches: dict[str, Bench]
) -> None:
    for each, bench in benches.items():
        told = answers_of(console.rooms.ledger().engine, BANK, each)[-1].told
        (now,) = bench.outcomes([Plan({})])
        assert (now.score, now.score_micro) == (told["score"], told["score_micro_points"])
        assert (now.grade, now.pd) == (told["grade"], told["pd"])
        assert now.limit.amount == told["limit"]["amount_fen"]
        assert now.limit.binding == told["limit"]["binding"]


@given(
    who=st.sampled_from(SCORED),
    steps=st.lists(st.tuples(STEPS, STEPS), min_size=len(ACTIONS), max_size=len(ACTIONS)),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_doing_more_never_lowers_score_or_limit(
    benches: dict[str, Bench], who: str, steps: list[tuple[int, int]]
) -> None:
    codes = [action.code for action in ACTIONS]
    less = Plan({code: min(two) for code, two in zip(codes, steps, strict=True) if min(two)})
    more = Plan({code: max(two) for code, two in zip(codes, steps, strict=True) if max(two)})
    nothing, some, all_ = benches[who].outcomes([Plan({}), less, more])
    assert nothing.score_micro - NOISE <= some.score_micro <= all_.score_micro + NOISE
    assert nothing.limit.amount <= some.limit.amount <= all_.limit.amount


def test_levers_stand_by_what_they_gain(benches: dict[str, Bench]) -> None:
    found = what_if(benches[WEAK], Plan({}))
    points = [lever.points for lever in found.levers]
    assert points == sorted(points, reverse=True)
    assert points[0] > 0
    best = found.levers[0].action
    then = what_if(benches[WEAK], Plan.alone(best)).then
    assert then.score - found.now.score == points[0]


def test_the_form_works_without_a_script(officer: httpx.Client, benches: dict[str, Bench]) -> None:
    found = what_if(benches[WEAK], Plan({}))
    best = found.levers[0].action.code
    page = officer.get(path(WEAK)).text
    assert "Nothing is changed yet" in page
    names = re.findall(r'<input type="range" id="(\w+)" name="\1"', page)
    assert names == [lever.action.code for lever in sorted(found.levers, key=_idle_last)]
    sent = {name: "100" if name == best else "0" for name in names}
    answer = officer.get(path(WEAK), params=sent).text
    then = what_if(benches[WEAK], Plan({best: 100})).then
    assert f'<dd class="after">{then.score}</dd>' in answer
    assert re.search(rf'name="{best}"[^>]*value="100"', answer)


def _idle_last(lever: Lever) -> bool:
    return not lever.gains


def test_a_trial_is_logged_and_is_no_score(console: Console, officer: httpx.Client) -> None:
    def scores() -> int:
        with console.rooms.ledger().engine.connect() as connection:
            return len(connection.execute(SCORE.select()).all())

    before, kept = len(console.audited("viewed")), scores()
    officer.get(path(WEAK), params={"pay_instalments_on_time": "50", "lang": "en"})
    (row,) = console.audited("viewed")[before:]
    detail = orjson.loads(str(row["detail"]))
    assert (row["subject"], row["client_id"]) == (WEAK, "console:li.wei")
    assert detail["page"] == "what_if"
    assert detail["plan"] == {"pay_instalments_on_time": 50}
    assert {"score", "grade", "limit_fen", "score_id"} <= set(detail)
    assert scores() == kept


def test_without_a_score_there_is_nothing_to_try(officer: httpx.Client) -> None:
    answer = officer.get(path(NEWCOMER))
    assert answer.status_code == 200
    assert "Nothing to try" in answer.text


def test_a_default_stays_a_default(officer: httpx.Client, benches: dict[str, Bench]) -> None:
    plan = Plan({action.code: 100 for action in ACTIONS})
    (then,) = benches[DEFAULTED].outcomes([plan])
    assert (then.grade, then.limit.amount) == ("D", 0)
    answer = officer.get(path(DEFAULTED), params={"pay_instalments_on_time": "100"})
    assert "the grade stays D" in answer.text


@pytest.mark.parametrize("who", [FOREIGN, WITHDRAWN, UNKNOWN, code(7), "x"])
def test_nobody_tries_a_foreign_case(officer: httpx.Client, who: str) -> None:
    assert officer.get(path(who)).status_code == 404


def test_it_is_for_risk_officers_of_the_lender_alone(console: Console) -> None:
    with console.signed_in("zhou.tao") as data, console.signed_in("other") as other:
        assert data.get(path(STRONG)).status_code == 403
        assert other.get(path(STRONG)).status_code == 404
    described = httpx.get(f"{console.url}/openapi.json").text
    assert "what-if" not in described
    assert "what_if" not in described


def test_the_script_asks_only_this_service() -> None:
    script = (HERE / "static" / "what_if.js").read_text()
    assert "http" not in script
    assert "innerHTML" not in script
