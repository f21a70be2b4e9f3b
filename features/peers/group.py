"""A group of peers: enterprises of one size class that trade in one kind of goods."""

from dataclasses import dataclass

from features.feature import Phrase
from features.peers.sections import SECTIONS

SIZES = {
    "large": Phrase("large enterprises", "大型企业"),
    "medium": Phrase("medium enterprises", "中型企业"),
    "small": Phrase("small enterprises", "小型企业"),
    "micro": Phrase("micro enterprises", "微型企业"),
}
"""Size classes in order of their codes, in words."""
SIZE = "size_class_now"
"""Feature that tells an enterprise's size class."""
_ALL = Phrase("all enterprises that trade", "全部有贸易的企业")


@dataclass(frozen=True)
class Group:
    """Enterprises that are compared with each other.

    Attributes
    ----------
    size : str or None
        Size class; None for all.
    section : int or None
        HS section of the goods that make up most of its declared trade; None for all.
    """

    size: str | None = None
    section: int | None = None

    @property
    def title(self) -> Phrase:
        """The group in words."""
        who = _ALL if self.size is None else SIZES[self.size]
        if self.section is None:
            return who
        goods = SECTIONS[self.section - 1].title
        return Phrase(f"{who.en} that trade mostly in {goods.en}", f"主营{goods.zh}的{who.zh}")

    def widening(self) -> tuple["Group", ...]:
        """The group and those to fall back to: its size class, then all."""
        return tuple(dict.fromkeys((self, Group(self.size), Group())))


def group_of(size_code: float | None, section: int | None) -> Group:
    """Group of an enterprise.

    Parameters
    ----------
    size_code : float or None
        Value of ``size_class_now``; None or NaN where no registration is known.
    section : int or None
        Where nothing was declared, None: such an enterprise is compared with its size class.
    """
    if size_code is None or size_code != size_code:
        return Group()
    return Group(tuple(SIZES)[int(size_code)], section)
