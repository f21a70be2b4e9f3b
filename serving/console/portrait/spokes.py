"""The ties of an enterprise as the spokes of its network, in the language of a visit."""

from collections.abc import Callable, Sequence

from serving.console.language import Language
from serving.console.portrait.bands import Band
from serving.console.portrait.network_picture import Spoke
from serving.console.portrait.ties import TITLES, TRADE, Tie
from serving.console.portrait.words import COUNTS

Say = Callable[[str], str]


def spokes(ties: Sequence[Tie], language: Language, say: Say) -> tuple[Spoke, ...]:
    """One spoke a kind of parties that there are; amounts only as the bands that are told."""
    return tuple(_spoke(tie, language, say) for tie in ties if tie.is_any)


def _spoke(tie: Tie, language: Language, say: Say) -> Spoke:
    def told(text: str, band: Band) -> str:
        return text % {"band": getattr(band.words, language)}

    first = [str(getattr(COUNTS[tie.count], language))]
    if tie.traded:
        first.append(told(say("traded %(band)s"), tie.traded))
    about = [" · ".join(first)]
    if tie.exposure:
        about.append(told(say("open %(band)s"), tie.exposure))
    amount = tie.exposure or tie.traded
    rank = amount.rank if amount else None
    return Spoke(say(TITLES[tie.kind]), about, tie.count, rank, tie.kind in TRADE)
