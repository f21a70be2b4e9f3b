"""Templates: one environment a language, with the figures as filters."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from serving.console.charts.kinds import CHARTS
from serving.console.figures import money, quantities, times
from serving.console.language import Language, translations

HERE = Path(__file__).parent


@cache
def environment(language: Language) -> Environment:
    """The templates in one language: each page's folder and ``templates`` hold them."""
    found = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    found.filters |= {
        "yuan": money.yuan,
        "wan": money.wan,
        "short": lambda fen: money.short(fen, language),
        "percent": quantities.percent,
        "signed": quantities.signed,
        "count": quantities.count,
        "value": lambda number, feature: quantities.value(number, feature, language),
        "said": lambda phrase: getattr(phrase, language),
        "text": lambda told, name: told.get(f"{name}_{language}") or told.get(name) or "",
        "moment": times.moment,
        "day": times.day,
    }
    found.globals |= {"language": language, "chart": CHARTS}
    return found
