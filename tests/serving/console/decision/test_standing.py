"""Where a decision stands: whatever officers try, no override holds by one person's word."""

from hypothesis import given
from hypothesis import strategies as st

from serving.console.decision.act import Act, Step
from serving.console.decision.authority import USUAL, authority_for
from serving.console.decision.standing import Actor, Standing, permitted, standing_of

OFFICERS = {"a": "officer", "b": "officer", "c": "approver", "d": "approver"}
TRIED = st.lists(
    st.tuples(
        st.sampled_from(sorted(OFFICERS)),
        st.sampled_from(tuple(Act)),
        st.sampled_from((100_000_000, 900_000_000)),
    ),
    max_size=12,
)


def step(place: int, by: str, act: Act, stake: int | None = None) -> Step:
    return Step("S1", "BANK-7", "E1", place, act, place, by, by.upper(), stake_fen=stake)


def after(tried: list[tuple[str, Act, int]]) -> Standing:
    standing = Standing(())
    for by, act, stake in tried:
        may = permitted(standing, Actor(by, OFFICERS[by]), USUAL, newest=True, scored=True)
        if act in may:
            stated = stake if act is Act.PROPOSED else None
            standing = standing.after(step(standing.place, by, act, stated))
    return standing


@given(TRIED)
def test_an_override_that_holds_has_two_officers_and_the_authority(
    tried: list[tuple[str, Act, int]],
) -> None:
    standing = after(tried)
    assert [each.place for each in standing.steps] == list(range(len(standing.steps)))
    if standing.second is None:
        assert standing.holds is None or standing.holds.act is Act.AGREED
        return
    assert standing.holds is not None
    assert standing.holds.act is Act.PROPOSED
    assert standing.second.by != standing.holds.by
    if (standing.holds.stake_fen or 0) > 300_000_000:
        assert OFFICERS[standing.second.by] == "approver"


@given(TRIED)
def test_the_log_alone_tells_where_it_stands(tried: list[tuple[str, Act, int]]) -> None:
    standing = after(tried)
    foreign = Step("S2", "BANK-7", "E1", 0, Act.AGREED, 0, "a", "A")
    assert standing_of((foreign, *standing.steps), "S1") == standing


@given(TRIED)
def test_while_one_waits_nothing_but_its_end_can_be_done(
    tried: list[tuple[str, Act, int]],
) -> None:
    standing = after(tried)
    if standing.waiting is None:
        return
    for name, role in OFFICERS.items():
        may = permitted(standing, Actor(name, role), USUAL, newest=True, scored=True)
        assert may <= {Act.CONFIRMED, Act.REFUSED, Act.WITHDRAWN}
        assert (Act.WITHDRAWN in may) == (name == standing.waiting.by)
        assert name != standing.waiting.by or Act.CONFIRMED not in may


def test_an_earlier_score_is_decided_no_more() -> None:
    fresh = Standing(())
    assert not permitted(fresh, Actor("a", "officer"), USUAL, newest=False, scored=True)
    waiting = fresh.after(step(0, "a", Act.PROPOSED, 1))
    second = Actor("b", "officer")
    assert permitted(waiting, second, USUAL, newest=False, scored=True) == {Act.REFUSED}


def test_without_a_score_there_is_nothing_to_override() -> None:
    may = permitted(Standing(()), Actor("a", "approver"), USUAL, newest=True, scored=False)
    assert may == {Act.AGREED, Act.DOCUMENTS}
    assert authority_for(USUAL, 0) is not None
