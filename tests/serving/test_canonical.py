"""Answers are written without pydantic's copy of them: the bytes are those of the copy."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import orjson
import pytest

from serving.language import Language
from serving.rooms import Rooms
from serving.scores.asked import Asked, Asker
from serving.scores.document import InsufficientAnswer, ScoredAnswer, canonical, fill
from serving.scores.request import ScoreRequest
from serving.stopwatch import Stopwatch
from tests.serving.conftest import AS_OF, DEFAULTED, NEWCOMER, NOW, STRONG, UNKNOWN, WEAK, World


@pytest.fixture
def rooms(world: World, tmp_path: Path) -> Iterator[Rooms]:
    rooms = Rooms(world.settings(tmp_path / "ledger.db"))
    yield rooms
    rooms.close()


@pytest.mark.parametrize("language", get_args(Language))
def test_the_bytes_are_those_of_the_validated_answer(rooms: Rooms, language: Language) -> None:
    scorer, kinds = rooms.scorer(), set()
    for code in (STRONG, WEAK, DEFAULTED, NEWCOMER, UNKNOWN):
        asker = Asker("client", "bank", language)
        asked = Asked(ScoreRequest(enterprise_id=code), AS_OF, NOW, asker)
        (answered,) = scorer.reckon([asked], Stopwatch())
        kind = ScoredAnswer if isinstance(answered.answer, ScoredAnswer) else InsufficientAnswer
        kinds.add(kind)
        checked = kind.model_validate(answered.answer.model_dump())
        stated = checked.model_dump(mode="python")
        fill(stated, language)
        assert orjson.dumps(stated, option=orjson.OPT_SORT_KEYS) == answered.document
        assert canonical(checked) == answered.document
    assert kinds == {ScoredAnswer, InsufficientAnswer}
