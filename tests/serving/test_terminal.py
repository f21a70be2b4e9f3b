from io import StringIO

import pytest
from rich.console import Console

from serving.scores.document import ScoredAnswer
from serving.scores.examples import SCORED
from serving.scores.terminal import UNSTABLE, show
from serving.scores.waterfall import Language


def shown(answer: ScoredAnswer, language: Language) -> str:
    out = StringIO()
    show(Console(file=out, width=200), answer, language)
    return out.getvalue()


@pytest.mark.parametrize(("language", "told"), [("en", "unstable"), ("zh", "稳定性不足")])
def test_reasons_that_another_training_might_not_give_are_marked(
    language: Language, told: str
) -> None:
    text = shown(ScoredAnswer(**SCORED), language)
    marked = [line for line in text.splitlines() if line.rstrip().endswith(UNSTABLE.strip())]
    assert len(marked) == 1
    assert told in text


def test_no_mark_is_explained_where_none_is_shown() -> None:
    answer = ScoredAnswer(**SCORED)
    sure = tuple(one.model_copy(update={"stable": True}) for one in answer.reasons)
    assert "unstable" not in shown(answer.model_copy(update={"reasons": sure}), "en")
