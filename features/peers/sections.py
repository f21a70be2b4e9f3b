"""The sections of the Harmonized System: families of chapters whose goods are of one kind."""

from dataclasses import dataclass

from features.feature import Phrase


@dataclass(frozen=True)
class HsSection:
    """A section of the Harmonized System (HS 2022), as the customs tariff orders it.

    Attributes
    ----------
    number : int
        1 to 21.
    first, last : int
        Its chapters, both included.
    title : Phrase
        Its name, shortened.
    """

    number: int
    first: int
    last: int
    title: Phrase


SECTIONS = (
    HsSection(1, 1, 5, Phrase("animal products", "活动物、动物产品")),
    HsSection(2, 6, 14, Phrase("vegetable products", "植物产品")),
    HsSection(3, 15, 15, Phrase("fats and oils", "动植物油脂")),
    HsSection(4, 16, 24, Phrase("food, beverages and feed", "食品、饮料及饲料")),
    HsSection(5, 25, 27, Phrase("mineral products", "矿产品")),
    HsSection(6, 28, 38, Phrase("chemicals", "化工产品")),
    HsSection(7, 39, 40, Phrase("plastics and rubber", "塑料、橡胶及其制品")),
    HsSection(8, 41, 43, Phrase("hides, leather and furs", "皮革、毛皮及其制品")),
    HsSection(9, 44, 46, Phrase("wood", "木及木制品")),
    HsSection(10, 47, 49, Phrase("pulp and paper", "木浆、纸及其制品")),
    HsSection(11, 50, 63, Phrase("textiles", "纺织原料及纺织制品")),
    HsSection(12, 64, 67, Phrase("footwear and headgear", "鞋帽等制品")),
    HsSection(13, 68, 70, Phrase("stone, ceramics and glass", "石料、陶瓷、玻璃制品")),
    HsSection(14, 71, 71, Phrase("precious stones and metals", "珠宝、贵金属及其制品")),
    HsSection(15, 72, 83, Phrase("base metals", "贱金属及其制品")),
    HsSection(16, 84, 85, Phrase("machinery and electrical equipment", "机电设备")),
    HsSection(17, 86, 89, Phrase("vehicles, aircraft and vessels", "车辆、航空器、船舶")),
    HsSection(18, 90, 92, Phrase("instruments, clocks and music", "仪器、钟表、乐器")),
    HsSection(19, 93, 93, Phrase("arms", "武器、弹药")),
    HsSection(20, 94, 96, Phrase("furniture, toys and sundries", "家具、玩具及杂项制品")),
    HsSection(21, 97, 97, Phrase("works of art", "艺术品、收藏品")),
)
"""All sections, in order of their number; chapters 77, 98 and 99 belong to none."""


def section_of(hs_code: str) -> int | None:
    """Number of the section of a commodity code, or None where it belongs to none.

    Examples
    --------
    >>> section_of("7403110000")
    15
    """
    chapter = hs_code[:2]
    if not (chapter.isascii() and chapter.isdigit()):
        return None
    number = int(chapter)
    found = (s.number for s in SECTIONS if s.first <= number <= s.last and number != _RESERVED)
    return next(found, None)


_RESERVED = 77
"""A chapter within section XV that the tariff keeps empty."""
