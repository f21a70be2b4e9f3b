"""What the portrait page shows: the profile, and what stands around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babel import Locale

from features.feature import Phrase
from features.peers.sections import SECTIONS, section_of
from serving.console.portrait.lenders import AllLenders, all_lenders
from serving.console.portrait.season import Season, declared_season, sold_season
from serving.console.portrait.ties import Tie, ties
from serving.profiles.arrears import BY_NAME
from serving.profiles.document import Figure, Profile
from serving.profiles.portrait import portrait
from serving.profiles.wording import worded
from serving.rooms import Rooms

_MOST_TOLD = 6
_AT_THE_PORT = {"TW": "中国台湾", "HK": "中国香港", "MO": "中国澳门"}
"""Names that customs writes otherwise than the locale."""


@dataclass(frozen=True)
class PortraitPage:
    """All that the page shows.

    Attributes
    ----------
    profile : Profile
        As the interface tells it.
    values : mapping of str to Phrase
        Each figure's value in words, by its feature.
    strong, weak : tuple of Figure
        Those that stand out among its peers, the farthest out first.
    ties : tuple of Tie
    lenders : AllLenders
    declared, sold : Season or None
        Seasonality of what it declared and of what it sold.
    goods : mapping of str to Phrase
        Kind of goods of each HS chapter that was declared.
    countries : mapping of str to Phrase
    """

    profile: Profile
    values: Mapping[str, Phrase]
    strong: tuple[Figure, ...]
    weak: tuple[Figure, ...]
    ties: tuple[Tie, ...]
    lenders: AllLenders
    declared: Season | None
    sold: Season | None
    goods: Mapping[str, Phrase]
    countries: Mapping[str, Phrase]


def portrait_page(rooms: Rooms, enterprise_id: str, tenant: str, as_of: int) -> PortraitPage:
    """Draw an enterprise for the officers of one lender.

    Parameters
    ----------
    rooms : Rooms
    enterprise_id : str
    tenant : str
        The lender: of its own credit it sees the figures.
    as_of : int
        UTC microseconds.

    Raises
    ------
    NotFound
        If nothing was known of the enterprise at that time.
    """
    reader = rooms.reader()
    profile = portrait(reader, enterprise_id, as_of, rooms.peers)
    numbers = reader.record.number_of([enterprise_id, tenant])
    enterprise = numbers[enterprise_id]
    facts = reader.facts_of(enterprise, profile.record_position, as_of)
    figures = tuple(figures_of(profile))
    return PortraitPage(
        profile,
        {each.feature: said(each) for each in figures} | _of_tags(profile),
        _standing_out(figures, "better"),
        _standing_out(figures, "worse"),
        ties(reader.record, facts, enterprise, as_of),
        all_lenders(facts, enterprise, numbers.get(tenant), as_of),
        declared_season(facts, enterprise, as_of),
        sold_season(facts, enterprise, as_of),
        {each.chapter: goods_of(each.chapter) for each in profile.trade.by_commodity},
        {each.country: country(each.country) for each in profile.trade.by_origin},
    )


def figures_of(profile: Profile) -> Iterator[Figure]:
    """All figures of a profile, each once."""
    conduct = profile.conduct
    parts = (
        profile.trade,
        profile.stock,
        profile.turnover,
        profile.custody,
        conduct.financing,
        conduct.payments,
        conduct.customs,
        conduct.connected,
        profile.market,
    )
    every = {figure.feature: figure for part in parts for figure in part.figures}
    yield from every.values()


def said(figure: Figure) -> Phrase:
    """The value of a figure with its unit."""
    return _said(figure.feature, figure.value)


def goods_of(chapter: str) -> Phrase:
    """The kind of goods of an HS chapter; empty for one that belongs to no section."""
    number = section_of(chapter)
    return Phrase("", "") if number is None else SECTIONS[number - 1].title


def country(code: str) -> Phrase:
    """Name of a country; its code where it has none.

    Examples
    --------
    >>> country("CL")
    Phrase(en='Chile', zh='智利')
    """
    english, chinese = (Locale(language).territories.get(code, code) for language in ("en", "zh"))
    return Phrase(english, _AT_THE_PORT.get(code, chinese))


def _said(feature: str, value: float | None) -> Phrase:
    if value is None:
        return Phrase("–", "–")
    words = worded(value, BY_NAME[feature])
    return (
        Phrase(words.en.replace("-", "−", 1), words.zh.replace("-", "−", 1)) if value < 0 else words
    )


def _of_tags(profile: Profile) -> dict[str, Phrase]:
    return {each.feature: _said(each.feature, each.value) for t in profile.tags for each in t.found}


def _standing_out(figures: tuple[Figure, ...], standing: str) -> tuple[Figure, ...]:
    """Figures on one side of the peers' middle half, the farthest out first."""
    found = [each for each in figures if each.standing == standing]
    return tuple(sorted(found, key=lambda each: -abs((each.percentile or 0) - 50))[:_MOST_TOLD])
