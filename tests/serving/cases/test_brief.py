"""The brief of an answer: read from the answer itself as from the text that was logged."""

from contextlib import closing

from serving.cases.brief import Brief
from serving.ledger import Entry
from serving.rooms import Rooms
from serving.scores.asked import Asked
from serving.scores.request import ScoreRequest
from serving.settings import Settings
from serving.stopwatch import Stopwatch
from tests.serving.conftest import AS_OF, NOW, STRONG, UNKNOWN, WEAK


def test_an_answer_says_of_itself_what_its_text_says(settings: Settings) -> None:
    asked = [
        Asked.of(ScoreRequest(enterprise_id=code), NOW, AS_OF, None)
        for code in (STRONG, WEAK, UNKNOWN)
    ]
    briefs = []
    with closing(Rooms(settings)) as rooms:
        answered = rooms.scorer().reckon(asked, Stopwatch())
    for one in answered:
        row = one.entry.row()
        briefs.append(Brief.of(row))
        assert one.entry.answer is one.answer
        assert Entry.of(row) == one.entry
        assert Brief.of(row, one.entry.answer) == briefs[-1]
    strong, weak, unknown = briefs
    assert (strong.goods, strong.binding) != (None, None)
    assert None not in (strong.score, strong.pd, strong.limit_fen, strong.exposure_fen)
    assert strong.stock not in (None, "{}")
    assert weak.pledged_fen
    assert (unknown.status, unknown.score, unknown.stock) == ("insufficient_data", None, None)
