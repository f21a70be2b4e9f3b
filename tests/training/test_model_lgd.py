import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from training.model.lgd import LIQUID_CHAPTERS, LossGivenDefault, Security

SHARE = st.floats(0.0, 1.0)
COEFFICIENT = st.floats(-5.0, 0.0)
MODELS = st.builds(
    LossGivenDefault,
    intercept=st.floats(-3.0, 3.0),
    secured=COEFFICIENT,
    liquid=COEFFICIENT,
    controlled=COEFFICIENT,
    defaults=st.just(50),
    source=st.just("test"),
)


@given(MODELS, st.builds(Security, SHARE, SHARE, SHARE), SHARE)
def test_better_security_never_raises_the_lgd(
    model: LossGivenDefault, security: Security, share: float
) -> None:
    for name in ("secured", "liquid", "controlled"):
        better = {**vars(security), name: max(share, getattr(security, name))}
        assert model.bounded(Security(**better)) <= model.bounded(security) + 1e-12


@given(MODELS, st.builds(Security, SHARE, SHARE, SHARE))
def test_the_lgd_stays_within_the_supervisory_values(
    model: LossGivenDefault, security: Security
) -> None:
    assert 0.25 <= model.bounded(security) <= 0.40
    assert 0.0 < model.estimate(security) < 1.0
    inside = 0.25 <= model.estimate(security) <= 0.40
    assert not inside or model.bounded(security) == model.estimate(security)


def test_an_estimate_worked_by_hand() -> None:
    """0.3183 - 0.5869 - 0.4218 = -0.6904, and 1 / (1 + e^0.6904) = 0.33394."""
    stated = {"intercept": 0.3183, "secured": -0.5869, "liquid": -0.4218, "controlled": -0.5153}
    model = LossGivenDefault(**stated, defaults=72, source="by hand")
    assert model.estimate(Security(1.0, 1.0, 0.0)) == pytest.approx(0.33394, abs=5e-6)


@pytest.mark.parametrize(
    "wrong",
    [{"secured": 0.1}, {"least": 0.5, "most": 0.4}, {"most": 1.2}, {"defaults": 0}, {"slope": 1}],
)
def test_what_cannot_be_an_lgd_is_refused(wrong: dict[str, float]) -> None:
    stated = {"intercept": 0.0, "secured": -1.0, "liquid": 0.0, "controlled": 0.0}
    with pytest.raises(ValidationError):
        LossGivenDefault(**{**stated, "defaults": 50, "source": "test", **wrong})


def test_liquid_chapters_are_two_digits_and_seafood_and_meat_are_not_among_them() -> None:
    assert all(len(chapter) == 2 and chapter.isdigit() for chapter in LIQUID_CHAPTERS)
    assert not {"02", "03", "04"} & LIQUID_CHAPTERS
