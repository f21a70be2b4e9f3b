from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from serving.language import Language
from serving.scores.document import ScoredAnswer
from serving.scores.examples import SCORED
from serving.scores.terminal import UNSTABLE, show


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
    sure = tuple(replace(one, stable=True) for one in answer.reasons)
    assert "unstable" not in shown(answer.model_copy(update={"reasons": sure}), "en")


def test_it_says_how_well_the_enterprise_is_known() -> None:
    answer = ScoredAnswer(**SCORED)
    assert "data depth B  Late: title." in shown(answer, "en")
    assert "数据完备度 B  货权报送延迟" in shown(answer, "zh")
    assert "disputed" not in shown(answer, "en")
    fact = {"message_id": "M1", "stream": "title", "position": 7, "points": -3}
    disputed = {**SCORED, "disputed_facts": [{**fact, "text_en": "So.", "text_zh": "是。"}]}
    assert "disputed facts: 1" in shown(ScoredAnswer(**{**disputed, "score_range": None}), "en")
