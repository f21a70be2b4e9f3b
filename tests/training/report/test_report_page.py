import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from training.report.document import Report
from training.report.evidence import Evidence
from training.report.folder import write
from training.report.page import page
from training.report.plots import segments_plot
from training.report.sections.calibration import calibration_section
from training.report.settings import ValidationSettings
from training.report.summary import failed, summary_en, summary_zh
from training.report.words import bounds, number
from training.validation.check import worst
from training.validation.discrimination import Area

PLOTS = {
    "roc",
    "cap",
    "calibration",
    "scores",
    "shap",
    "psi",
    "migration",
    "lift",
    "swap",
}


class Elements(HTMLParser):
    """Names, attributes and nesting of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text(report: Report) -> str:
    return page(report)


@pytest.fixture(scope="module")
def elements(text: str) -> Elements:
    read = Elements()
    read.feed(text)
    assert read.open == []
    return read


def test_the_page_needs_nothing_but_itself(elements: Elements, text: str) -> None:
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in elements.found}
    for _, attributes in elements.found:
        for name in ("src", "href"):
            target = attributes.get(name)
            assert target is None or target.startswith(("data:image/", "#"))
    assert "url(" not in text
    assert "@import" not in text


def test_all_plots_are_there_and_can_be_drawn(elements: Elements) -> None:
    figures = {a["id"] for tag, a in elements.found if tag == "figure"}
    assert {f"plot-{name}" for name in PLOTS} <= figures
    for tag, attributes in elements.found:
        if tag != "img":
            continue
        assert attributes["alt"]
        media, content = str(attributes["src"]).split(";base64,")
        raw = base64.b64decode(content)
        if media == "data:image/png":
            assert Image.open(BytesIO(raw)).size[0] > 300
        else:
            assert ET.fromstring(raw).tag.endswith("svg")  # noqa: S314


def test_segments_with_defaults_enough_are_drawn() -> None:
    found = {"region 12": Area(0.6, 0.02, 5, 50), "size small": Area(0.7, 0.003, 20, 500)}
    plot = segments_plot(found, 0.69)
    assert plot.media == "svg"
    assert ET.fromstring(plot.content).tag.endswith("svg")  # noqa: S314


def test_links_lead_to_checks(elements: Elements) -> None:
    places = {a.get("id") for _, a in elements.found}
    links = [str(a["href"])[1:] for tag, a in elements.found if tag == "a"]
    assert links
    assert set(links) <= places


def test_every_check_has_its_line(report: Report, text: str) -> None:
    for check in report.checks:
        assert text.count(f'<tr id="{check.standard.code}">') == 1


def test_summaries_name_all_that_is_not_green(report: Report) -> None:
    bad = [check.standard.code for check in report.checks if check.verdict in ("red", "amber")]
    for summary in (summary_en(report), summary_zh(report)):
        told = [re.search(r"VAL\d{3}", line) for line in summary.findings]
        assert sorted(match.group() for match in told if match) == sorted(bad)
    assert [c.standard.code for c in failed(report.checks)][: report.counts["red"]] == [
        c.standard.code for c in report.checks if c.verdict == "red"
    ]


def test_the_document_keeps_its_contract(report: Report, tmp_path: Path) -> None:
    written = write(report, tmp_path)
    content = (written.folder / "report.json").read_bytes()
    stated = json.loads(content)
    assert written.folder == tmp_path / "sme-pd-1"
    assert written.sha256 == hashlib.sha256(content).hexdigest() == report.hash
    assert set(stated) == {
        "format",
        "model",
        "record_position",
        "table_sha256",
        "config_sha256",
        "verdict",
        "checks",
        "figures",
    }
    assert stated["format"] == 1
    bundle = report.evidence.bundle
    assert stated["model"] == {
        "name": bundle.name,
        "version": "1",
        "hash": bundle.hash,
        "catalogue_hash": bundle.catalogue_hash,
    }
    assert stated["verdict"] == worst(report.checks)
    assert sum(stated["figures"]["counts"].values()) == len(stated["checks"])
    assert "report.html" in [path.name for path in written.folder.iterdir()]


def test_the_same_evidence_is_drawn_as_the_same_bytes(report: Report, evidence: Evidence) -> None:
    again = calibration_section(evidence)
    (before,) = [s for s in report.sections if s.title == again.title]
    assert [plot.content for plot in again.plots] == [plot.content for plot in before.plots]
    assert [check.plain() for check in again.checks] == [check.plain() for check in before.checks]


def test_other_bounds_are_other_settings(settings: ValidationSettings) -> None:
    looser = settings.model_copy(update={"approve_up_to": 0.2})
    assert looser.sha256 != settings.sha256


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (0.0, "0"),
        (12.0, "12"),
        (0.1234, "0.123"),
        (0.00042, "0.00042"),
        (3e-9, "3.0e-09"),
    ],
)
def test_figures_are_written_shortly(value: float | None, said: str) -> None:
    assert number(value) == said


def test_bounds_say_on_which_side_a_figure_fails(settings: ValidationSettings) -> None:
    said = {
        code: bounds(settings.standard(code).judge(0.5)) for code in ("VAL101", "VAL301", "VAL501")
    }
    assert said == {
        "VAL101": "red > 0",
        "VAL301": "amber < 0.05, red < 0.01",
        "VAL501": "amber > 0.1, red > 0.25",
    }
