"""The portrait: features and facts of one enterprise, put side by side."""

from collections.abc import Iterable, Mapping

import numpy as np

from features.catalogue import CATALOGUE
from features.depth import DataDepth, data_depth
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import standing
from features.online import FactsReader
from features.peers.group import Group
from features.peers.membership import peer_group
from serving.errors import NotFound
from serving.instants import text_if_any, text_of
from serving.lending import stock_by_chapter
from serving.profiles.arrears import PORTRAYED
from serving.profiles.comparison import Compared, PeersFile
from serving.profiles.document import (
    ChapterValue,
    Comparison,
    Conduct,
    Identity,
    Pledges,
    Profile,
    Section,
    StockSection,
    Trade,
)
from serving.profiles.figures import FEATURES, Figures
from serving.profiles.outlines import CONNECTED, CUSTODY, CUSTOMS, FINANCING, PAYMENTS
from serving.profiles.tag import tags_of
from serving.profiles.tags import TAGS
from serving.profiles.trade import by_commodity, by_origin, declared, partners, recent
from serving.scores.depth_grade import DepthGrading, depth_grading
from serving.scores.reasons import Subject, withheld
from serving.scores.standing import NOTHING, depth_part, newest_part
from supervision.arrays import MISSING, Columns
from supervision.contract.columns import column
from supervision.record import Record

_PLEDGED = ((0.25, "up to 25 %"), (0.5, "25 % to 50 %"), (0.75, "50 % to 75 %"))
_MOSTLY = "over 75 %"


def portrait(reader: FactsReader, enterprise_id: str, as_of: int, peers: PeersFile) -> Profile:
    """Draw the portrait of an enterprise as of a time.

    Parameters
    ----------
    reader : FactsReader
    enterprise_id : str
        A credit code.
    as_of : int
        UTC microseconds.
    peers : PeersFile
        With whom to compare it.

    Raises
    ------
    NotFound
        If nothing was known of it at that time.
    """
    record = reader.record
    position = record.position()
    number = record.number_of([enterprise_id]).get(enterprise_id)
    subject = None
    if number is not None:
        subject = Subject(reader.facts_of(number, position, as_of), number, as_of)
    depth = NOTHING if subject is None else data_depth(subject.own)
    if subject is None or depth.newest_known_at is None:
        raise NotFound(
            "no-such-enterprise",
            f"an enterprise of which something was known at {text_of(as_of)}",
            f"no message of {enterprise_id}",
            "check the code, or ask for a later as_of",
        )
    compared = peers.at(record.identity(), as_of)
    figures = _figures(record, subject, compared)
    values = figures.values
    stock = stock_by_chapter(record, subject.facts, subject.enterprise, as_of)
    return Profile(
        enterprise_id=enterprise_id,
        as_of=text_of(as_of),
        record_position=position,
        newest_message=newest_part(subject.own),
        catalogue_hash=CATALOGUE.hash,
        comparison=_comparison(compared, figures.group),
        identity=_identity(record, subject),
        tags=tags_of(figures, TAGS),
        trade=_trade(record, subject, figures),
        stock=StockSection(
            by_chapter=tuple(ChapterValue(chapter=s.chapter, value_fen=s.value) for s in stock),
            figures=figures.of("cargo value", "documents"),
        ),
        turnover=Section(figures=figures.of("turnover")),
        custody=CUSTODY.of(figures),
        pledges=_pledges(values["pledged_share_of_stock_now"]),
        conduct=_conduct(figures, listed=_is_listed(subject)),
        market=Section(figures=figures.of("market", "network")),
        data_depth=depth_part(depth, _depth_grading(depth, values)),
    )


def _depth_grading(depth: DataDepth, values: Mapping[str, float | None]) -> DepthGrading:
    missing = sum(values[feature.name] is None for feature in FEATURES)
    return depth_grading(depth, values, missing, len(FEATURES))


def _figures(record: Record, subject: Subject, compared: Compared) -> Figures:
    spine = Spine(np.array([subject.enterprise]), np.array([subject.as_of]))
    row = evaluate(subject.facts, spine, PORTRAYED).values[0]
    hidden = frozenset(f.name for f in PORTRAYED if withheld(subject, f))
    values = {
        feature.name: None if np.isnan(value) or feature.name in hidden else float(value)
        for feature, value in zip(PORTRAYED, row, strict=True)
    }
    group = peer_group(record, subject.facts, subject.enterprise, subject.as_of)
    return Figures(values, group, hidden, compared.peers)


def _comparison(compared: Compared, group: Group) -> Comparison:
    return Comparison(
        status=compared.status,
        as_of=text_if_any(compared.as_of),
        group_en=group.title.en,
        group_zh=group.title.zh,
    )


def _conduct(figures: Figures, *, listed: bool) -> Conduct:
    return Conduct(
        default_in_force=bool(figures.values["default_in_force_now"]),
        dishonest_debtor=listed,
        financing=FINANCING.of(figures),
        payments=PAYMENTS.of(figures),
        customs=CUSTOMS.of(figures),
        connected=CONNECTED.of(figures),
    )


def _pledges(share: float | None) -> Pledges:
    if not share:
        return Pledges(encumbered=False, share_of_stock=None)
    band = next((text for bound, text in _PLEDGED if share <= bound), _MOSTLY)
    return Pledges(encumbered=True, share_of_stock=band)


def _standing_rows(subject: Subject, table: str, kind: str) -> Columns:
    """Rows of one kind that stood, in the order in which they occurred."""
    columns = subject.facts.tables[table]
    chosen = np.flatnonzero(
        standing(columns, subject.enterprise, subject.as_of)
        & (columns["kind"] == column(table, "kind").code(kind))
    )
    order = np.lexsort((columns["position"][chosen], columns["occurred_at"][chosen]))
    return {name: values[chosen[order]] for name, values in columns.items()}


def _identity(record: Record, subject: Subject) -> Identity:
    rows = _standing_rows(subject, "enterprise", "registration")
    last: dict[str, int | None] = dict.fromkeys(rows)
    first: int | None = None
    if len(rows["position"]):
        last = {
            name: None if values[-1] == MISSING else int(values[-1])
            for name, values in rows.items()
        }
        first = int(rows["occurred_at"][0])
    names = record.text_of([n for n in (last["region"], last["industry"]) if n is not None])
    return Identity(
        region=_named(names, last["region"]),
        industry=_named(names, last["industry"]),
        size_class=_choice("size_class", last["size_class"]),
        registered_capital_fen=last["registered_capital"],
        established_on=_day(last["established_on"]),
        customs_credit_grade=_choice("customs_credit_grade", last["customs_credit_grade"]),
        registered_since=text_if_any(first),
    )


def _trade(record: Record, subject: Subject, figures: Figures) -> Trade:
    found = declared(subject.facts, subject.enterprise, subject.as_of)
    names = _texts(record, (found.columns["hs_code"], found.columns["origin"]))
    sales = recent(subject.facts, "title", "transferred", subject.enterprise, subject.as_of)
    imports = int((found.values * found.imports).sum())
    return Trade(
        imports_fen=imports,
        exports_fen=found.total - imports,
        by_commodity=by_commodity(found, names),
        by_origin=by_origin(found, names),
        declared_partners=partners(found.columns["counterparty"], found.values),
        buyers=partners(sales["buyer"], sales["price"]),
        figures=figures.of("concentration"),
    )


def _is_listed(subject: Subject) -> bool:
    return bool(len(_standing_rows(subject, "outcome", "dishonest_debtor")["position"]))


def _texts(
    record: Record, columns: Iterable[np.ndarray[tuple[int], np.dtype[np.int64]]]
) -> dict[int, str]:
    return record.text_of([int(n) for n in np.unique(np.concatenate(list(columns)))])


def _named(names: Mapping[int, str], number: int | None) -> str | None:
    return None if number is None else names.get(number)


def _choice(name: str, code: int | None) -> str | None:
    return None if code is None else column("enterprise", name).choices[code]


def _day(number: int | None) -> str | None:
    """Write a calendar day, YYYYMMDD, with hyphens."""
    if number is None:
        return None
    return f"{number // 10_000:04d}-{number // 100 % 100:02d}-{number % 100:02d}"
