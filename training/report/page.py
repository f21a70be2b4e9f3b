"""The report as one page: complete in itself, without a script, readable in print."""

import base64
from html import escape

from training.report.document import Report
from training.report.section import Plot, Section, Table
from training.report.standards import ASKED, STRESS
from training.report.summary import Summary, summary_en, summary_zh
from training.report.words import bounds, number
from training.validation.check import Check

_STYLE = """
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; margin: 0 auto;
  max-width: 1120px; padding: 1.2rem; color: #1f2933; }
h1 { margin: 0 0 .2rem; } h2 { margin: 2.4rem 0 .5rem; border-top: 2px solid #1f2933;
  padding-top: .6rem; } h2 span, td span.zh { color: #5b6773; font-weight: normal; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; } a { color: #0b6e99; }
p { max-width: 62rem; margin: .4rem 0; } .quiet { color: #5b6773; font-size: 13px; }
code { font: 12.5px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.verdict { font-size: 1.15rem; font-weight: 600; border-left: .5rem solid; padding: .2rem .8rem; }
.verdict.red { border-color: #c0273a; } .verdict.amber { border-color: #e09f1f; }
.verdict.green { border-color: #3a7d44; }
.strip { margin: .8rem 0; line-height: 1.2; }
.strip div { display: flex; align-items: center; gap: 3px; margin: 3px 0; }
.strip b { width: 15.5rem; font-weight: normal; }
.strip a { width: 17px; height: 17px; display: inline-block; border-radius: 3px; }
.red-fill { background: #c0273a; } .amber-fill { background: #edae49; }
.green-fill { background: #7fb58a; } .na-fill { background: #dfe4ea; }
.badge { border-radius: 3px; padding: .05rem .45rem; font-size: 12px; white-space: nowrap; }
.badge.red { background: #fbe4e7; color: #8f1d2e; font-weight: 600; }
.badge.amber { background: #fdf1d8; color: #7a5200; }
.badge.green { background: #e3f1e6; color: #24592f; } .badge.na { background: #eef1f4; }
table { border-collapse: collapse; font-size: 13px; margin: .3rem 0 .6rem; }
td, th { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid #e4eaf0;
  vertical-align: top; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; } td.b { white-space: nowrap; } td.d { max-width: 26rem; }
.plots { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.2rem;
  align-items: start; margin: .6rem 0; } .plots.one { grid-template-columns: minmax(0, 46rem); }
img { width: 100%; display: block; } figure { margin: 0; break-inside: avoid; }
.scroll { overflow-x: auto; } li { margin: .25rem 0; }
@media (max-width: 760px) { .plots { grid-template-columns: 1fr; } .strip b { width: 9rem; } }
"""


def page(report: Report) -> str:
    """Render a report: summaries, a strip of all checks, then section by section."""
    bundle = report.evidence.bundle
    title = f"Validation of {bundle.name}, version {bundle.version or 'unregistered'}"
    body = "".join(_section(section) for section in report.sections)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width"/>'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>"
        f"{_summary(summary_en(report), report.verdict, 'en', 'Summary')}{_strip(report)}"
        f"{_summary(summary_zh(report), report.verdict, 'zh', '摘要')}{body}{_reading()}"
        f"{_fingerprint(report)}"
        "</body></html>\n"
    )


def _fingerprint(report: Report) -> str:
    stated = report.plain()
    model, position = stated["model"], stated["record_position"]
    catalogue = f"catalogue <code>{escape(model['catalogue_hash'])}</code><br/>"
    return (
        f'<h2>Of what</h2><p class="quiet">model <code>{escape(model["hash"])}</code><br/>'
        f"{catalogue if model['catalogue_hash'] else ''}"
        f"table <code>{escape(stated['table_sha256'])}</code>"
        f"{'' if position is None else f', record position {position:,}'}<br/>"
        "bounds and other settings of this validation "
        f"<code>{escape(stated['config_sha256'])}</code><br/>"
        f"report.json <code>{report.hash}</code></p>"
    )


def _summary(summary: Summary, verdict: str, language: str, title: str) -> str:
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in summary.paragraphs)
    findings = "".join(f"<li>{escape(text)}</li>" for text in summary.findings)
    return (
        f'<section lang="{language}"><h2>{title}</h2>'
        f'<p class="verdict {_mark(verdict)}">{escape(summary.verdict)}</p>{paragraphs}'
        f"<ul>{findings}</ul><p>{escape(summary.conclusion)}</p></section>"
    )


def _strip(report: Report) -> str:
    """All checks at a glance: one square each, by section."""
    lines = []
    for section in report.sections:
        squares = "".join(
            f'<a class="{_mark(check.verdict)}-fill" href="#{check.standard.code}" '
            f'title="{escape(f"{check.standard.code} {check.standard.title.en}: {check.verdict}")}"'
            f' aria-label="{check.standard.code} {check.verdict}"></a>'
            for check in section.checks
        )
        lines.append(f"<div><b>{escape(section.title.en)}</b>{squares}</div>")
    return f'<div class="strip">{"".join(lines)}</div>'


def _section(section: Section) -> str:
    lines = "".join(_check(check) for check in section.checks)
    checks = (
        '<div class="scroll"><table><tr><th>check</th><th>verdict</th><th class="n">figure</th>'
        f"<th>bounds</th><th>what lies behind it</th></tr>{lines}</table></div>"
    )
    one = " one" if len(section.plots) == 1 else ""
    plots = f'<div class="plots{one}">{"".join(map(_plot, section.plots))}</div>'
    return (
        f'<section><h2>{escape(section.title.en)} <span lang="zh">{escape(section.title.zh)}</span>'
        f"</h2><p>{escape(section.asks)}</p>{checks}{plots if section.plots else ''}"
        f"{''.join(map(_table, section.tables))}</section>"
    )


def _check(check: Check) -> str:
    asked, detail = check.standard, check.detail
    said = "" if detail is None else escape(detail.en)
    figure = ASKED.get(asked.code, STRESS).figure
    return (
        f'<tr id="{asked.code}"><td><code>{asked.code}</code> {escape(asked.title.en)}<br/>'
        f'<span class="quiet">{escape(figure)}</span></td>'
        f'<td><span class="badge {_mark(check.verdict)}">{check.verdict}</span></td>'
        f'<td class="n">{number(check.figure)}</td><td class="quiet b">{escape(bounds(check))}</td>'
        f'<td class="d">{said}</td></tr>'
    )


def _table(table: Table) -> str:
    head = "".join(
        f"<th{_numeric(place)}>{escape(name)}</th>" for place, name in enumerate(table.head)
    )
    lines = "".join(
        "<tr>"
        + "".join(f"<td{_numeric(place)}>{escape(cell)}</td>" for place, cell in enumerate(line))
        + "</tr>"
        for line in table.lines
    )
    note = f'<p class="quiet">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<h3>{escape(table.title)}</h3><div class="scroll"><table><tr>{head}</tr>{lines}</table>'
        f"</div>{note}"
    )


def _plot(plot: Plot) -> str:
    media = "image/svg+xml" if plot.media == "svg" else "image/png"
    content = base64.b64encode(plot.content).decode()
    return (
        f'<figure id="plot-{escape(plot.name)}"><img src="data:{media};base64,{content}" '
        f'alt="{escape(plot.says)}"/></figure>'
    )


def _numeric(place: int) -> str:
    return ' class="n"' if place else ""


def _mark(verdict: str) -> str:
    return "na" if verdict == "not applicable" else verdict


def _reading() -> str:
    return (
        "<h2>How to read this</h2><p>A figure on its bound still holds. Amber is to be explained, "
        "red blocks promotion unless two different people sign the exception. Where a check takes "
        "the least p of several, it counts times their number (Bonferroni), so that many segments "
        "do not make a false alarm likely. <code>docs/validation.md</code> lists every check with "
        "its bounds and source. <code>cargoworthy promote</code> takes only reports by the bounds "
        "of <code>configs/validation.yaml</code>: the hash below tells.</p>"
    )
