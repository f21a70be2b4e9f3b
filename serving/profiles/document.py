"""The portrait of an enterprise, field by field."""

from pydantic import Field

from serving.scores.document import Depth, Newest, Part, Sha256, Time


class Identity(Part):
    """Who it is, as the registry says; null where nothing is registered."""

    region: str | None = Field(description="GB/T 2260", examples=["350200"])
    industry: str | None = Field(description="GB/T 4754", examples=["F5164"])
    size_class: str | None = Field(examples=["small"])
    registered_capital_fen: int | None
    established_on: str | None = Field(examples=["1998-03-12"])
    customs_credit_grade: str | None = Field(examples=["registered"])
    registered_since: Time | None = Field(description="its first registration on record")


class Figure(Part):
    """A feature, as a figure."""

    feature: str
    title_en: str
    title_zh: str
    value: float | None
    unit: str


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


class Pledges(Part):
    """Whether the stock secures somebody already; never whom, nor for how much."""

    encumbered: bool
    share_of_stock: str | None = Field(
        description="pledged amount to stock value, as a band", examples=["25 % to 50 %"]
    )


class Conduct(Part):
    """How it serves what it borrowed."""

    default_in_force: bool
    dishonest_debtor: bool = Field(description="listed by a court (失信被执行人)")
    figures: tuple[Figure, ...]


class Profile(Part):
    """The portrait of an enterprise (企业画像) as of a time."""

    enterprise_id: str
    as_of: Time
    record_position: int
    newest_message: Newest | None
    catalogue_hash: Sha256
    identity: Identity
    trade: Trade
    stock: StockSection
    turnover: Section
    custody: Section
    pledges: Pledges
    financing: Conduct
    market: Section
    data_depth: Depth
