"""The smaller parts of the page: which cases are drawn, charts, labels, the record's faults."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from serving.console.cases import Case
from serving.console.models.charts import gauge, index_lines, rates, spreads
from serving.console.models.drift import Bin
from serving.console.models.history import history
from serving.console.models.labels import bin_label, feature_title, month_label
from serving.console.models.scored import MOST, answers_by, drawn, read_scores
from tests.serving.conftest import STRONG, code
from tests.serving.console.conftest import BANK, OTHER_BANK
from tests.serving.console.models.conftest import MONTHS, OLD, ModelsDesk


def case(number: int) -> Case:
    told = dict.fromkeys(Case._fields)
    return Case(**{**told, "enterprise_id": code(number)})  # type: ignore[arg-type]


def test_all_cases_are_drawn_while_they_are_few_and_the_same_ones_when_many() -> None:
    few = [case(number) for number in range(MOST)]
    assert set(drawn(few)) == {one.enterprise_id for one in few}
    many = [case(number) for number in range(3 * MOST)]
    first = drawn(many)
    assert len(first) == len(set(first)) == MOST
    assert drawn(many[::-1]) == first
    halves = sum(one in first for one in (each.enterprise_id for each in many[: len(many) // 2]))
    assert MOST * 0.35 < halves < MOST * 0.65


def test_only_the_lenders_own_answers_by_the_model_are_read(models: ModelsDesk) -> None:
    ledger, champion = models.console.rooms.ledger().engine, models.champion.hash
    found = answers_by(ledger, BANK, [STRONG], champion, MONTHS[-1])
    assert [one.as_of for one in found] == [*sorted(MONTHS, reverse=True), OLD]
    assert [one.month for one in found] == [
        (2022, 12),
        (2022, 11),
        (2022, 10),
        (2022, 9),
        (2021, 11),
    ]
    assert answers_by(ledger, BANK, [STRONG], champion, OLD)[0].as_of == OLD
    assert len(answers_by(ledger, OTHER_BANK, [STRONG], champion, MONTHS[-1])) == 1
    assert answers_by(ledger, BANK, [STRONG], models.challenger, MONTHS[-1]) == []
    assert answers_by(ledger, BANK, [], champion, MONTHS[-1]) == []
    assert [one.answered for one in read_scores(ledger, BANK, found)] == found


def test_charts_say_in_a_sentence_what_they_show() -> None:
    points = [(f"2022-{month:02d}", month / 40, "hint") for month in range(1, 13)]
    drawing = index_lines(points, "PSI <by> month")
    assert 'aria-label="PSI &lt;by&gt; month"' in drawing
    assert drawing.count('class="dot"') == 12
    assert drawing.count('class="cut"') == 2
    assert "0.30</text>" in drawing
    assert spreads([("≤ 1", 0.5, 0.25), ("> 1", 0.5, 0.75)], "Two").count('class="now"') == 2
    widths = [float(x) for x in re.findall(r'width="([\d.]+)"', gauge(0.5))]
    assert widths[1] == pytest.approx(widths[0] / 2)
    assert 'class="costs"' in gauge(9.0)
    assert 'class="watch"' in gauge(0.1)
    assert 'aria-hidden="true"' in rates((0.0, 0.2), 0.05, 0.1, 0.3)
    for drawing in (index_lines([], "none"), spreads([], "none"), rates((0, 0), 0, 0, 0)):
        assert "nan" not in drawing


def test_bins_are_labelled_by_their_upper_edge_in_the_features_unit() -> None:
    assert bin_label(Bin(None, 531.4, False, 0, 0), "score", "en") == "≤ 531"
    assert bin_label(Bin(705.0, None, False, 0, 0), "score", "zh") == "> 705"
    assert bin_label(Bin(None, None, True, 0, 0), "score", "zh") == "缺失"
    assert bin_label(Bin(None, None, False, 0, 0), "score", "en") == "–"
    stock = Bin(None, 5_000_000_00, False, 0, 0)
    assert bin_label(stock, "stock_value_now", "zh") == "≤ 500万元"
    assert bin_label(Bin(None, 0.1234, False, 0, 0), "of_another_catalogue", "en") == "≤ 0.123"
    assert feature_title("of_another_catalogue", "zh") == "of_another_catalogue"
    assert feature_title("stock_value_now", "en") != "stock_value_now"
    assert month_label((2022, 3)) == "2022-03"


def test_a_record_of_promotions_that_was_tampered_with_is_told(
    models: ModelsDesk, tmp_path: Path
) -> None:
    sound = history(models.promotions)
    assert [one.promotion.version for one in sound.entries] == ["8"]
    assert (sound.is_there, sound.fault) == (True, "")
    copy = tmp_path / "promotions.db"
    source = Path(models.promotions.removeprefix("sqlite:///"))
    engine = sa.create_engine(f"sqlite:///{source}")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{copy}'")
    engine.dispose()
    forged = sa.create_engine(f"sqlite:///{copy}")
    with forged.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER promotion_no_update")
        connection.exec_driver_sql("UPDATE promotion SET promoted_by = 'nobody'")
    forged.dispose()
    told = history(f"sqlite:///{copy}")
    assert told.entries == ()
    assert "promotion 1 is not what was written" in told.fault


def test_no_record_and_an_empty_file_are_told_apart(tmp_path: Path) -> None:
    assert not history(f"sqlite:///{tmp_path}/none.db").is_there
    (tmp_path / "empty.db").touch()
    empty = history(f"sqlite:///{tmp_path}/empty.db")
    assert empty.is_there
    assert "cannot be read" in empty.fault
