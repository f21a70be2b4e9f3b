"""What a page carries beside a drawing: data that no text can break out of."""

import re
from html.parser import HTMLParser

import httpx
import orjson
from hypothesis import given
from hypothesis import strategies as st

from serving.console.explore.explored import Explored, embedded
from serving.console.explore.network import NetworkFigure, Party
from serving.console.rendering import environment
from tests.serving.conftest import STRONG, WEAK
from tests.serving.console.conftest import case_path

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["</script>", "<!--<script>", "]]>", "&lt;", "\u2028", '"}</SCRIPT ><b>']
)


class Elements(HTMLParser):
    """Elements of a page, with what stands in its scripts, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.tags.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "script" and self.scripts:
            self.scripts[-1] += data


@given(st.recursive(TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)))
def test_data_come_back_whole_and_hold_no_sign_of_html(told: object) -> None:
    text = str(embedded(told))
    assert not set("<>&") & set(text)
    assert orjson.loads(text) == told


@given(TEXTS)
def test_no_text_ends_the_element_that_holds_it(text: str) -> None:
    party = Party(text, (text,), "marked", (0.0, 1.0), ((0.0, 1.0),), 1.5, told=False)
    figure = NetworkFigure(text, text, (party,))
    page = environment("en").from_string(
        '{% import "templates/macros.html" as m with context %}{{ m.explorer(explored) }}'
    )
    html = page.render(explored=Explored("network", text, "/x.js?v=1", embedded(figure)))
    found = Elements(html)
    assert found.tags.count("script") == 1
    assert "b" not in found.tags
    script = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert script is not None
    assert orjson.loads(script[1])["parties"][0]["about"] == [text]


def test_only_figures_that_can_be_explored_carry_data(officer: httpx.Client) -> None:
    for path, number in ((f"{case_path(WEAK)}/cargo", 1), (case_path(WEAK), 0)):
        page = officer.get(path).text
        assert page.count("application/json") == page.count("data-explore=") == number
        assert page.count("explore.js") == number


def test_a_page_holds_no_script_but_files_and_data(officer: httpx.Client) -> None:
    for tab in ("cargo", "portrait"):
        page = officer.get(f"{case_path(STRONG)}/{tab}").text
        kinds = set(re.findall(r"<script (\w+=\"?[^\">]{0,16})", page))
        assert all(kind.startswith(('src="', 'type="application/json')) for kind in kinds)
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
        assert len(page.encode()) < 300_000
