"""The list of all checks with their bounds and sources, for the documentation."""

from training.report.settings import ValidationSettings
from training.report.standards import ASKED, STRESS, Asked

GROUPS = {
    "1": "The model itself",
    "2": "Discrimination",
    "3": "Calibration",
    "4": "Grades",
    "5": "Stability",
    "6": "Segments",
    "7": "Stress and missing streams",
    "8": "Against today's rule",
    "9": "The tests themselves",
}
"""By the first digit of the code."""


def checks_markdown(settings: ValidationSettings) -> str:
    """One table a group, as Markdown; `docs/validation.md` holds it, and a test compares."""
    parts = []
    for digit, title in GROUPS.items():
        lines = [
            _line(settings, code, ASKED.get(code, STRESS))
            for code in sorted(settings.bounds)
            if code[3] == digit
        ]
        head = "| code | check | figure | amber | red | source |\n|---|---|---|---|---|---|"
        parts.append("\n".join([f"### {title}", "", head, *lines]))
    return "\n\n".join(parts) + "\n"


def _line(settings: ValidationSettings, code: str, asked: Asked) -> str:
    standard = settings.standard(code)
    sign = ">" if standard.worse == "above" else "<"
    bounds = (
        "" if bound is None else f"{sign} {bound:g}" for bound in (standard.amber, standard.red)
    )
    title = f"{standard.title.en} · {standard.title.zh}"
    return f"| `{code}` | {title} | {asked.figure} | {' | '.join(bounds)} | {asked.source} |"
