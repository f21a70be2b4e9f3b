"""One page with the profile of a table: complete in itself, without a script."""

from html import escape

from features.catalogue import Catalogue
from features.feature import Feature
from features.profile import drawing
from features.profile.measures import Measured, Profile
from features.profile.words import DIRECTIONS, FLAGS, VERDICTS, day, number, percent

_STYLE = """
body { font: 15px/1.45 system-ui, "Noto Sans CJK SC", sans-serif; margin: 0 auto;
  max-width: 1180px; padding: 1.2rem; color: #1f2933; }
h1 { margin: 0 0 .3rem; } h2 { margin: 2.2rem 0 .6rem; border-top: 2px solid #1f2933;
  padding-top: .6rem; } h2::first-letter { text-transform: uppercase; }
h3 { font-size: 1rem; margin: 0; }
a { color: #0b6e99; } code { font: 13px/1.4 ui-monospace, monospace; }
p { max-width: 62rem; } .quiet { color: #5b6773; } nav a { margin-right: .9rem; }
article { border: 1px solid #d5dde5; border-radius: 4px; padding: .7rem .9rem;
  margin-bottom: .8rem; break-inside: avoid; }
article p { margin: .15rem 0; font-size: 13px; max-width: none; }
.plots { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1rem; margin-top: .4rem; }
@media (max-width: 800px) { .plots { grid-template-columns: repeat(2, 1fr); } }
svg { width: 100%; display: block; } svg text { font: 10.5px system-ui, sans-serif; }
.name { fill: #1f2933; } .end, .none { fill: #5b6773; }
.axis, .reference, .median, .mean { fill: none; stroke-width: 1; stroke: #8d99ae; }
.present { fill: #8fc1d8; } .reference { stroke: #1f2933; stroke-width: 1.2; }
.missing { fill: #b9c2cd; } .bad { fill: #d1495b; } .mean { stroke: #1f2933;
  stroke-dasharray: 4 3; } .median { stroke: #0b6e99; stroke-width: 1.5; }
circle { fill: #0b6e99; }
.flag { border-radius: 3px; padding: 0 .4rem; font-size: 12px; background: #fbe4e7;
  color: #8f1d2e; margin-left: .5rem; white-space: nowrap; }
.flag.watch { background: #fdf1d8; color: #7a5200; }
table { border-collapse: collapse; font-size: 13px; } td, th { text-align: left;
  padding: .12rem 1rem .12rem 0; border-bottom: 1px solid #e4eaf0; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
"""


def page(profile: Profile, catalogue: Catalogue, title: str) -> str:
    """Render a profile, families as sections, worst first.

    Parameters
    ----------
    profile : Profile
    catalogue : Catalogue
    title : str
        Names the table, such as its file's name.
    """
    # Features come worst first, and so do families, each at its first feature.
    sections: dict[str, list[Measured]] = {}
    for one in profile.features:
        sections.setdefault(catalogue.feature(one.name).family, []).append(one)
    links = "".join(
        f'<a href="#{_anchor(name)}">{escape(name)} ({len(some)})</a> '
        for name, some in sections.items()
    )
    body = "".join(_section(name, some, catalogue) for name, some in sections.items())
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width"/>'
        f"<title>Profile of {escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Profile of {escape(title)}</h1>{_facts(profile)}<nav>{links}</nav>"
        f"{_to_look_at(profile, catalogue)}{body}{_reading()}</body></html>\n"
    )


def _facts(profile: Profile) -> str:
    first, last = (day(at) for at in profile.as_of)
    told = next((one.outcome for one in profile.features if one.outcome), None)
    outcomes = "No outcomes were given: neither information value nor monotone check."
    if told:
        outcomes = (
            f"Outcomes of {told.rows:,} rows are known; {told.defaults:,} defaulted "
            f"({percent(told.defaults / told.rows)})."
        )
    compared = "Nothing to compare with: one as-of point and no reference."
    if profile.reference:
        compared = (
            f"PSI compares {escape(profile.current)} (bars) with the reference, "
            f"{escape(profile.reference)} (line)."
        )
    return (
        f"<p>{len(profile.features)} features, {profile.rows:,} rows of {profile.enterprises:,} "
        f"enterprises, as of {first} to {last}; catalogue <code>{profile.catalogue_hash[:12]}"
        f"</code>.<br/>{compared}<br/>{outcomes}</p>"
    )


def _to_look_at(profile: Profile, catalogue: Catalogue) -> str:
    flagged = [one for one in profile.features if one.flags]
    if not flagged:
        return "<h2>To look at</h2><p>No feature is flagged.</p>"
    lines = "".join(
        f'<tr><td><a href="#{escape(one.name)}"><code>{escape(one.name)}</code></a></td>'
        f"<td>{_title(catalogue.feature(one.name))}</td>"
        f'<td class="n">{_psi(one)}</td><td class="n">{_iv(one)}</td>'
        f"<td>{_badges(one)}</td></tr>"
        for one in flagged
    )
    return (
        f"<h2>To look at ({len(flagged)})</h2><table><tr><th>feature</th><th>title</th>"
        f'<th class="n">PSI</th><th class="n">IV</th><th>why</th></tr>{lines}</table>'
    )


def _section(name: str, some: list[Measured], catalogue: Catalogue) -> str:
    articles = "".join(_article(one, catalogue.feature(one.name)) for one in some)
    return f'<section id="{_anchor(name)}"><h2>{escape(name)}</h2>{articles}</section>'


def _article(one: Measured, feature: Feature) -> str:
    unit = feature.unit
    quantiles = " · ".join(
        f'<span class="quiet">{name}</span> {number(value, unit)}'
        for name, value in one.quantiles.items()
    )
    plots = [
        drawing.histogram(one.histogram, unit)
        if one.histogram
        else drawing.nothing("values", "no value"),
        drawing.missing(one.trend),
        drawing.median(one.trend, unit),
        drawing.default_rate(one.outcome, unit, DIRECTIONS[feature.direction])
        if one.outcome
        else drawing.nothing("default rate", "no outcomes"),
    ]
    return (
        f'<article id="{escape(one.name)}"><h3>{_title(feature)}{_badges(one)}</h3>'
        f"<p><code>{escape(one.name)}</code> · {escape(unit)} · {_told(one, feature)}</p>"
        f'<p>{quantiles}</p><div class="plots">{"".join(plots)}</div></article>'
    )


def _told(one: Measured, feature: Feature) -> str:
    said = [f"missing {percent(one.missing_share)}", f"{one.distinct:,} distinct"]
    if one.commonest is not None:
        share = percent(one.commonest_share)
        said.append(f"commonest {number(one.commonest, feature.unit)} ({share})")
    if one.drift:
        said.append(
            f"<b>PSI {one.drift.psi:.3f}</b> (by chance up to {one.drift.chance_rows:.4f} over "
            f"rows, {one.drift.chance_enterprises:.3f} over enterprises)"
        )
    if one.outcome:
        said.append(
            f"<b>IV {one.outcome.information_value:.3f}</b> (by chance up to "
            f"{one.outcome.chance:.3f})"
        )
        if one.outcome.rank_correlation is not None:
            said.append(
                f"rank correlation {one.outcome.rank_correlation:+.2f}, declared: risk "
                f"{DIRECTIONS[feature.direction]} ({VERDICTS[one.outcome.verdict]})"
            )
    return " · ".join(said)


def _title(feature: Feature) -> str:
    return f'{escape(feature.title.en)} <span lang="zh">{escape(feature.title.zh)}</span>'


def _badges(one: Measured) -> str:
    return "".join(
        f'<span class="flag{" watch" if flag == "watch" else ""}" title="{escape(FLAGS[flag])}">'
        f"{escape(flag)}</span>"
        for flag in one.flags
    )


def _psi(one: Measured) -> str:
    return f"{one.drift.psi:.3f}" if one.drift else ""


def _iv(one: Measured) -> str:
    return f"{one.outcome.information_value:.3f}" if one.outcome else ""


def _anchor(family: str) -> str:
    return "family-" + family.replace(" ", "-")


def _reading() -> str:
    return (
        "<h2>How to read this</h2><p>PSI = Σ (q − p) ln(q / p) over the deciles of the reference "
        "and one bin of missing values; IV = Σ (g − b) ln(g / b) over the deciles of the rows "
        "with a known outcome. By rule of thumb a PSI below 0.10 is no change, from 0.25 on the "
        "feature has changed. What it stays below by chance in 95 of 100 cases is "
        "χ²(B − 1, 0.95) (1/N + 1/M); rows of one enterprise in successive months are alike, so "
        "over rows this is too small and over enterprises rather too large. What counts the "
        "months of a record that is still young, or follows the market, moves by its nature.</p>"
        "<p>The check compares the sign of the rank correlation between bins and default rates "
        "with the declared direction. It is <i>unclear</i> where the information value is within "
        "chance. It looks at one feature alone: what moves with it may turn the sign.</p>"
    )
