from pathlib import Path

from training.report.listing import checks_markdown
from training.report.settings import ValidationSettings

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_lists_every_check_as_it_is() -> None:
    settings = ValidationSettings.read(ROOT / "configs" / "validation.yaml")
    text = checks_markdown(settings)
    assert all(text.count(f"| `{code}` |") == 1 for code in settings.bounds)
    said = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert text in said, "put training.report.listing.checks_markdown into docs/validation.md anew"
