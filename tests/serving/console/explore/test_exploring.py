"""Charts that are explored, in a real browser: moved, read, left again; no script, no button."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.serving.conftest import STRONG, WEAK
from tests.serving.console.browser import LOOKS, NEEDS_CHROMIUM, Desk, launched
from tests.serving.console.conftest import PASSWORD, Console, case_path

pytestmark = NEEDS_CHROMIUM
CARGO, NETWORK = f"{case_path(WEAK)}/cargo", f"{case_path(STRONG)}/portrait"
SCRIPT = "/console/library/plotly.min.js"
BUTTON = ".explore-switch"
RANGE = "() => document.querySelector('.explored-chart')._fullLayout.xaxis.range.map(String)"
PLACE = """
() => {
  const chart = document.querySelector(".explored-chart");
  const { left, top } = chart.getBoundingClientRect();
  const trace = chart.data.filter((each) => each.mode.includes("markers")).at(-1);
  const axis = (name) => chart._fullLayout[name];
  const y = axis((trace.yaxis ?? "y").replace("y", "yaxis"));
  return [
    left + axis("xaxis")._offset + axis("xaxis").d2p(trace.x[0]),
    top + y._offset + y.d2p(trace.y[0]),
    trace.text[0],
  ];
}
"""
"""Where the first mark of the last trace is on the screen, and what hovering over it tells."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@contextmanager
def seated(
    chromium: Browser, console: Console, look: str = "wide, light, English", **options: bool
) -> Iterator[Desk]:
    width, height, theme, language = LOOKS[look]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, locale=language, **options
    )
    desk = Desk(context.new_page(), console.url)
    desk.watch()
    desk.open(f"/console/sign-in?lang={language}")
    desk.sign_in()
    yield desk
    context.close()


def explore(desk: Desk, path: str) -> Locator:
    """Open a page and press; the chart that is drawn then."""
    desk.open(path)
    desk.page.click(BUTTON)
    chart = desk.page.locator(".explored-chart")
    expect(chart.locator(".main-svg").first).to_be_visible()
    expect(desk.page.locator(BUTTON)).to_be_enabled()
    chart.scroll_into_view_if_needed()
    return chart


def range_of(page: Page) -> list[str]:
    found = page.evaluate(RANGE)
    assert isinstance(found, list)
    return found


def changed(page: Page, before: list[str]) -> list[str]:
    page.wait_for_function(f"before => ({RANGE})().join() !== before.join()", arg=before)
    return range_of(page)


def back(page: Page, to: list[str]) -> None:
    page.wait_for_function(f"to => ({RANGE})().join() === to.join()", arg=to)


def middle(chart: Locator) -> tuple[float, float]:
    box = chart.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("path", [CARGO, NETWORK])
def test_a_chart_is_explored_and_left(
    chromium: Browser, console: Console, look: str, path: str
) -> None:
    with seated(chromium, console, look) as desk:
        page, asked = desk.page, []
        page.on("request", lambda request: asked.append(request.url))
        desk.open(path)
        drawing = page.locator("figure:has([data-explore]) > svg")
        expect(drawing).to_be_visible()
        expect(page.locator(".explored")).to_be_hidden()
        assert not any(SCRIPT in url for url in asked)
        words = page.locator(BUTTON).text_content()
        assert words == ("交互查看" if "Chinese" in look else "Explore")
        chart = explore(desk, path)
        assert sum(SCRIPT in url for url in asked) == 1
        expect(drawing).to_be_hidden()
        expect(chart).to_have_attribute("aria-label", re.compile("..."))
        assert desk.violations() == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert not re.search("Jan|Feb|Oct|Dec", chart.inner_text())
        page.click(BUTTON)
        expect(drawing).to_be_visible()
        expect(page.locator(".explored-chart .main-svg")).to_have_count(0)
        expect(page.locator(BUTTON)).to_have_text(words)
        page.click(BUTTON)
        expect(page.locator(".explored-chart .main-svg").first).to_be_visible()
        assert sum(SCRIPT in url for url in asked) == 1
        assert desk.said == []
        assert desk.foreign == []


@pytest.mark.parametrize("path", [CARGO, NETWORK])
def test_it_is_moved_zoomed_and_put_back(chromium: Browser, console: Console, path: str) -> None:
    with seated(chromium, console) as desk:
        page, chart = desk.page, explore(desk, path)
        begun = range_of(page)
        x, y = middle(chart)
        page.mouse.move(x, y)
        page.mouse.wheel(0, -300)
        near = changed(page, begun)
        page.mouse.down()
        page.mouse.move(x + 120, y, steps=5)
        page.mouse.up()
        changed(page, near)
        page.mouse.dblclick(x, y)
        back(page, begun)
        assert desk.said == []


@pytest.mark.parametrize("path", [CARGO, NETWORK])
def test_it_is_moved_by_buttons_alone(chromium: Browser, console: Console, path: str) -> None:
    with seated(chromium, console, "narrow, dark, Chinese") as desk:
        page = desk.page
        explore(desk, path)
        expect(page.locator(BUTTON)).to_be_focused()
        begun = range_of(page)
        for move in ("in", "left", "right", "out", "in"):
            before = range_of(page)
            page.focus(f"[data-move={move}]")
            page.keyboard.press("Enter")
            changed(page, before)
        page.click("[data-move=all]")
        back(page, begun)
        assert page.locator("[data-move=up]").count() == (path == NETWORK)
        assert desk.said == []


@pytest.mark.parametrize("path", [CARGO, NETWORK])
def test_hovering_tells_in_the_pages_language(
    chromium: Browser, console: Console, path: str
) -> None:
    with seated(chromium, console, "narrow, dark, Chinese") as desk:
        page = desk.page
        explore(desk, path)
        x, y, text = page.evaluate(PLACE)
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        told = page.locator(".explored-chart .hovertext")
        expect(told.first).to_be_visible()
        said = "".join(told.first.all_text_contents())
        assert re.search("[\u4e00-\u9fff]", said)
        assert all(line in said for line in text.split("<br>")[:1])
        assert desk.said == []


def test_two_fingers_zoom(chromium: Browser, console: Console) -> None:
    with seated(chromium, console, "narrow, dark, Chinese", has_touch=True) as desk:
        page, chart = desk.page, explore(desk, CARGO)
        begun = range_of(page)
        x, y = middle(chart)
        touch = page.context.new_cdp_session(page)

        def fingers(kind: str, *places: float) -> None:
            points = [{"x": place, "y": y, "id": n} for n, place in enumerate(places)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        fingers("touchStart", x - 20, x + 20)
        for apart in (30, 45, 60):
            fingers("touchMove", x - apart, x + apart)
        fingers("touchEnd")
        near = changed(page, begun)
        assert begun[0] < near[0] < near[1] < begun[1]
        assert desk.said == []


def test_a_change_of_theme_and_paper_are_followed(chromium: Browser, console: Console) -> None:
    with seated(chromium, console) as desk:
        page, chart = desk.page, explore(desk, CARGO)
        page.click("[data-move=in]")
        near = range_of(page)
        line = chart.locator(".js-line").first
        light = line.get_attribute("style")
        page.emulate_media(color_scheme="dark")
        expect(line).not_to_have_attribute("style", light or "")
        assert range_of(page) == near
        page.emulate_media(media="print")
        expect(chart).to_be_hidden()
        expect(page.locator("figure:has([data-explore]) > svg")).to_be_visible()
        assert desk.said == []


def test_without_script_there_is_no_button(chromium: Browser, console: Console) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{console.url}/console/sign-in")
    page.fill("input[name=name]", "li.wei")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    for path in (CARGO, NETWORK):
        page.goto(console.url + path)
        expect(page.locator("figure:has([data-explore]) > svg")).to_be_visible()
        expect(page.locator(BUTTON)).to_be_hidden()
        expect(page.locator(".explore-foot")).to_be_hidden()
    context.close()


def test_where_the_library_does_not_come_the_drawing_stays(
    chromium: Browser, console: Console
) -> None:
    with seated(chromium, console) as desk:
        page = desk.page
        page.route(f"**{SCRIPT}*", lambda route: route.abort())
        desk.open(CARGO)
        page.click(BUTTON)
        expect(page.locator(".explore-failed")).to_contain_text("could not be loaded")
        expect(page.locator("figure:has([data-explore]) > svg")).to_be_visible()
        page.unroute(f"**{SCRIPT}*")
        page.click(BUTTON)
        expect(page.locator(".explored-chart .main-svg").first).to_be_visible()
        expect(page.locator(".explore-failed")).to_have_text("")
