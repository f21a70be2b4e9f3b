"""The portrait of an enterprise, field by field."""

from typing import Literal

from pydantic import Field

from serving.scores.depth_document import Depth
from serving.scores.document import Newest
from serving.scores.part import Part, Sha256, Time


class Identity(Part):
    """Who it is, as the registry says; null where nothing is registered."""

    region: str | None = Field(description="GB/T 2260", examples=["350200"])
    industry: str | None = Field(description="GB/T 4754", examples=["F5164"])
    size_class: str | None = Field(examples=["small"])
    registered_capital_fen: int | None
    established_on: str | None = Field(examples=["1998-03-12"])
    customs_credit_grade: str | None = Field(examples=["registered"])
    registered_since: Time | None = Field(description="its first registration on record")


Standing = Literal["better", "usual", "worse"]
Bearing = Literal["strength", "caution", "neutral"]
ComparisonStatus = Literal[
    "compared", "no_file", "damaged", "other_record", "other_catalogue", "newer"
]


class PeerGroup(Part):
    """With whom a figure is compared: never fewer than thirty."""

    en: str = Field(examples=["small enterprises that trade mostly in base metals"])
    zh: str = Field(examples=["主营贱金属及其制品的小型企业"])
    number: int = Field(ge=30, description="enterprises of the group that have this figure")


class Quartiles(Part):
    """The middle of a figure among the peers, to three digits."""

    low: float = Field(description="a quarter of the peers lie below")
    median: float
    high: float = Field(description="a quarter of the peers lie above")


class Figure(Part):
    """A feature, as a figure; what follows the unit is null where no peers are known."""

    feature: str
    title_en: str
    title_zh: str
    value: float | None = Field(description="null where it is missing or withheld")
    unit: str
    percentile: float | None = Field(
        default=None, ge=0, le=100, description="of its peers, mid-rank among equal ones"
    )
    standing: Standing | None = Field(
        default=None,
        description="beside the middle half of its peers; null where neither way is better",
    )
    text_en: str | None = Field(default=None, examples=["Better than 82 % of its peers."])
    text_zh: str | None = Field(default=None, examples=["优于82%的同类企业。"])
    peers: PeerGroup | None = None
    quartiles: Quartiles | None = None


class Sentence(Part):
    """One thing that a section says, and the feature behind it."""

    feature: str
    en: str
    zh: str


class Commodity(Part):
    """Declared trade in the goods of one HS chapter, the last 365 days."""

    chapter: str = Field(examples=["74"])
    imports_fen: int
    exports_fen: int
    share: float = Field(description="of all declared value")


class Origin(Part):
    """Declared trade by country of origin, the last 365 days."""

    country: str = Field(description="ISO 3166-1 alpha-2", examples=["CL"])
    value_fen: int
    share: float


class Partners(Part):
    """Trading partners as bands; nobody is named."""

    count: str = Field(description="how many, as a band", examples=["5 to 9"])
    share_of_five_largest: str | None = Field(
        description="as a band; null where there are fewer than five", examples=["60 % to 80 %"]
    )


class Trade(Part):
    """What is traded, from where and with how many."""

    imports_fen: int
    exports_fen: int
    by_commodity: tuple[Commodity, ...]
    by_origin: tuple[Origin, ...]
    declared_partners: Partners = Field(description="counterparties of its declarations")
    buyers: Partners = Field(description="to whom it sold title")
    figures: tuple[Figure, ...]


class ChapterValue(Part):
    """Stock in custody of one HS chapter."""

    chapter: str
    value_fen: int


class StockSection(Part):
    """What lies in custody."""

    by_chapter: tuple[ChapterValue, ...]
    figures: tuple[Figure, ...]


class Section(Part):
    """One side of the enterprise, in figures."""

    figures: tuple[Figure, ...]


class Report(Part):
    """One side of the enterprise, in words and figures, each in the order in which it is read."""

    title_en: str
    title_zh: str
    sentences: tuple[Sentence, ...]
    figures: tuple[Figure, ...]


class Pledges(Part):
    """Whether the stock secures somebody already; never whom, nor for how much."""

    encumbered: bool
    share_of_stock: str | None = Field(
        description="pledged amount to stock value, as a band", examples=["25 % to 50 %"]
    )


class Conduct(Part):
    """How it serves what it borrowed, pays and is paid, declares, and for whom it answers."""

    default_in_force: bool
    dishonest_debtor: bool = Field(description="listed by a court (失信被执行人)")
    financing: Report
    payments: Report
    customs: Report
    connected: Report


class TagValue(Part):
    """A figure on which a tag rests."""

    feature: str
    title_en: str
    title_zh: str
    value: float | None
    unit: str


class TagPart(Part):
    """A few words about the enterprise (标签), with the rule behind them."""

    code: str = Field(examples=["single_buyer"])
    title_en: str
    title_zh: str
    bearing: Bearing = Field(description="how a credit officer would read it")
    rule_en: str
    rule_zh: str
    found: tuple[TagValue, ...]


class Comparison(Part):
    """Whether the figures could be compared with those of peers; if not, why."""

    status: ComparisonStatus = Field(
        description="compared; or not: there is no file of peers, it is damaged, of another record "
        "or catalogue, or newer than the as-of asked"
    )
    as_of: Time | None = Field(description="of the peers' figures")
    group_en: str = Field(description="the enterprise's own group, before any widening")
    group_zh: str


class Profile(Part):
    """The portrait of an enterprise (企业画像) as of a time."""

    enterprise_id: str
    as_of: Time
    record_position: int
    newest_message: Newest | None
    catalogue_hash: Sha256
    comparison: Comparison
    identity: Identity
    tags: tuple[TagPart, ...]
    trade: Trade
    stock: StockSection
    turnover: Section
    custody: Report
    pledges: Pledges
    conduct: Conduct
    market: Section
    data_depth: Depth
