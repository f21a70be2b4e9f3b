"""The network to explore: what the drawing tells, laid out on a ring, and nothing besides."""

import re
from html import unescape
from math import dist, hypot

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.console.explore.network import network_figure
from serving.console.language import Language, translations
from serving.console.portrait.network_picture import Spoke, network_picture
from serving.console.portrait.reading import portrait_page
from serving.console.portrait.spokes import spokes
from serving.console.portrait.ties import TRADE
from tests.serving.conftest import STRONG
from tests.serving.console.conftest import AS_OFS, BANK, Console

BANDS = ("fewer than 5", "5 to 9", "10 to 24", "25 to 49", "50 or more")
SPOKES = st.builds(
    Spoke,
    st.text("abc <&", min_size=1),
    st.lists(st.sampled_from([*BANDS, "open ¥1 million"]), min_size=1, max_size=2),
    st.sampled_from(BANDS),
    st.none() | st.integers(1, 7),
    st.booleans(),
)


def plain(text: str) -> str:
    return text


def words(svg: str) -> set[str]:
    return {unescape(each) for each in re.findall(r">([^<]+)</text>", svg)}


@given(st.lists(SPOKES, min_size=1, max_size=9))
def test_it_tells_no_more_than_the_drawing(around: list[Spoke]) -> None:
    drawing = str(network_picture(around, "Enterprise", "x"))
    figure = network_figure(around, plain)
    told = {part for line in words(drawing) for part in (line, *line.split(" · "))}
    for party in figure.parties:
        assert {party.title, *party.about} <= told
    assert drawing.count('class="node') == sum(len(party.dots) for party in figure.parties)
    drawn = sorted(float(each) for each in re.findall(r'stroke-width="([\d.]+)"', drawing))
    assert sorted(party.width for party in figure.parties) == drawn
    assert drawing.count("untold") == sum(not party.told for party in figure.parties)


@given(st.lists(SPOKES, min_size=1, max_size=9))
def test_parties_stand_on_a_ring_apart_from_each_other(around: list[Spoke]) -> None:
    parties = network_figure(around, plain).parties
    assert parties[0].place == (0.0, 1.0)
    for n, party in enumerate(parties):
        assert hypot(*party.place) == pytest.approx(1.0, abs=0.002)
        assert all(dist(party.place, other.place) > 0.6 for other in parties[:n])
        assert all(dist(party.place, dot) < 0.2 for dot in party.dots)


def test_nobody_is_on_the_ring_of_an_enterprise_without_ties() -> None:
    assert network_figure([], plain).parties == ()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_a_real_enterprise_it_tells_bands_and_no_name(
    console: Console, language: Language
) -> None:
    found = portrait_page(console.rooms, STRONG, BANK, AS_OFS[-1])
    say = translations(language).gettext
    around = spokes(found.ties, language, say)
    assert len(around) == sum(tie.is_any for tie in found.ties)
    text = orjson.dumps(network_figure(around, say)).decode()
    assert not re.search(r"SUPPLIER-|BUYER-|BANK|bank-b", text)
    told = {tie.kind: tie for tie in found.ties}["suppliers"]
    assert told.traded is not None
    suppliers = network_figure(around, say).parties[0]
    assert suppliers.about[0] == {"en": "5 to 9", "zh": "5–9家"}[language]
    assert getattr(told.traded.words, language) in suppliers.about[1]
    kinds = [tie.kind for tie in found.ties if tie.is_any]
    colours = ["marked" if kind in TRADE else "costs" for kind in kinds]
    assert [party.colour for party in network_figure(around, say).parties] == colours
