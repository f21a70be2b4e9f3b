"""How an answer looks on a terminal, in English or in Chinese."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from features.calendar import parse_time, show_time
from serving.language import Language
from serving.scores.document import InsufficientAnswer, ScoredAnswer

UNSTABLE = " *"
"""Mark of a reason that another training might not give."""
_FEN = 100
_WORDS = {
    "en": {
        "score": "score",
        "grade": "grade",
        "pd": "PD",
        "long run": " (through the cycle {:.2%})",
        "limit": "limit",
        "base": "base",
        "points": ", points",
        "model": "model",
        "id": "score id",
        "as of": "as of",
        "insufficient": "insufficient data",
        "missing": "missing",
        "none": "none",
        "fen": "CNY",
        "days": "days",
        "months": "months",
        "depth": "data depth",
        "disputed": "disputed facts",
        "legend": "* unstable: trained on other enterprises, the model may give other reasons",
    },
    "zh": {
        "score": "信用评分",
        "grade": "信用等级",
        "pd": "违约概率",
        "long run": "（跨周期{:.2%}）",
        "limit": "建议授信额度",
        "base": "基准分",
        "points": "，各项指标合计",
        "model": "模型",
        "id": "评分编号",
        "as of": "评分时点",
        "insufficient": "数据不足",
        "missing": "缺少",
        "none": "无",
        "fen": "元",
        "days": "天",
        "months": "个月",
        "depth": "数据完备度",
        "disputed": "存在异议的信息",
        "legend": "* 稳定性不足：换用其他企业样本训练，模型可能给出不同原因",
    },
}


def show(console: Console, answer: ScoredAnswer | InsufficientAnswer, language: Language) -> None:
    """Print an answer for a person, in one language."""
    words = _WORDS[language]
    console.print(f"[bold]{answer.enterprise_id}[/bold]  {words['as of']} {_local(answer.as_of)}")
    if isinstance(answer, ScoredAnswer):
        _print_score(console, answer, language)
    else:
        _print_lack(console, answer, language)
    model = escape(f"{answer.model.name} {answer.model.version}")
    console.print(
        f"  {words['model']} {model} {answer.model.hash[:12]}\n  {words['id']} {answer.score_id}\n",
        highlight=False,
    )


def _print_lack(console: Console, answer: InsufficientAnswer, language: Language) -> None:
    words = _WORDS[language]
    console.print(f"  [bold]{words['insufficient']}[/bold]")
    for cause in answer.causes:
        said = (
            (cause.text_en, cause.cure_en) if language == "en" else (cause.text_zh, cause.cure_zh)
        )
        console.print(f"  {escape(' '.join(said))}", highlight=False)
    for missing in answer.missing:
        cure = missing.cure_en if language == "en" else missing.cure_zh
        console.print(f"  {words['missing']} {missing.stream}: {escape(cure)}", highlight=False)


def _print_score(console: Console, answer: ScoredAnswer, language: Language) -> None:
    words, limit = _WORDS[language], answer.limit
    amount = limit.amount_fen // _FEN
    long_run = answer.pd_through_the_cycle
    beside = "" if long_run is None else words["long run"].format(long_run)
    console.print(
        f"  {words['score']} [bold]{answer.score}[/bold]  "
        f"{words['grade']} [bold]{escape(answer.grade)}[/bold]  "
        f"{words['pd']} {answer.pd:.2%}{beside}  "
        f"{words['limit']} [bold]{amount:,}[/bold] {words['fen']}\n"
        f"  {escape(limit.binding_text_en if language == 'en' else limit.binding_text_zh)}\n"
        f"  {_known(answer, language)}",
        highlight=False,
    )
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(justify="right", width=6)
    table.add_column(overflow="fold")
    for reason in answer.reasons:
        text = reason.text_en if language == "en" else reason.text_zh
        mark = UNSTABLE if reason.stable is False else ""
        table.add_row(f"[bold]{reason.points:+d}[/bold]", f"[bold]{escape(text)}[/bold]{mark}")
        for told in reason.features:
            text = told.text_en if language == "en" else told.text_zh
            value = _value(told.value, told.unit, words)
            table.add_row(
                "", f"{told.points:+4d}  {escape(text)} [dim]{told.feature} {value}[/dim]"
            )
    console.print(table, highlight=False)
    console.print(
        f"  {words['base']} {answer.base_points}{words['points']} "
        f"{answer.score - answer.base_points:+d}",
        highlight=False,
    )
    if any(reason.stable is False for reason in answer.reasons):
        console.print(f"  [dim]{words['legend']}[/dim]", highlight=False)


def _known(answer: ScoredAnswer, language: Language) -> str:
    """Say what the score rests on: data depth, the range where a stream is late, disputes."""
    words, found = _WORDS[language], answer.score_range
    parts = [f"{words['depth']} {answer.data_depth.grade}"]
    if found is not None:
        parts.append(found.text_en if language == "en" else found.text_zh)
    if answer.disputed_facts:
        parts.append(f"{words['disputed']}: {len(answer.disputed_facts)}")
    return escape("  ".join(parts))


def _local(time: str) -> str:
    """Write a time of an answer as the port's clock shows it."""
    return show_time(parse_time(time))


def _value(value: float | None, unit: str, words: dict[str, str]) -> str:
    if value is None:
        return words["none"]
    if unit == "fen":
        return f"{value / _FEN:,.0f} {words['fen']}"
    if unit in ("share", "rate"):
        return f"{value:.1%}"
    shown = f"{value:.3g}" if abs(value) < 1 else f"{value:,.1f}".removesuffix(".0")
    return f"{shown} {words.get(unit, '')}".rstrip()
