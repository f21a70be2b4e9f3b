"""Feeds in a real browser: a row is put right from the list to its release, in every look."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.serving.console.browser import LOOKS, NEEDS_CHROMIUM, Desk, launched
from tests.serving.console.feeds.conftest import Port, counted, row_path

LOOKS_HERE = {**LOOKS, "narrow, light, English": (390, 844, "light", "en")}
LOOKS_HERE["wide, dark, Chinese"] = (1280, 900, "dark", "zh")
pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def checked(desk: Desk) -> None:
    assert desk.violations() == [], desk.page.url
    wide = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, desk.page.url


@pytest.mark.parametrize("look", LOOKS_HERE)
def test_from_the_rhythm_to_a_release(chrome: Browser, port: Port, look: str) -> None:
    width, height, theme, language = LOOKS_HERE[look]
    name = look.replace(", ", "-")
    (place,) = port.send(counted(f"browser-{name}", quantity="500 kg"))
    context = chrome.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, locale=language
    )
    desk = Desk(context.new_page(), port.url)
    page = desk.page
    desk.watch()
    desk.open(f"/console/sign-in?lang={language}")
    desk.sign_in("zhou.tao")
    expect(page.locator("table.feeds tbody tr").first).to_be_visible()
    checked(desk)
    for part in ("providers", "consents", "quarantine"):
        page.click(f".tabs a[href$='/{part}']")
        expect(page.locator(f".tabs a[href$='/{part}']")).to_have_attribute("aria-current", "page")
        checked(desk)
    page.click(f"tbody a[href$='/rows/{place[0]}/{place[1]}']")
    checked(desk)
    page.fill("input[name=value]", "500")
    page.fill("textarea[name=note]", "Gao Fei")
    page.click("section[aria-labelledby=repair] button")
    expect(page.locator(".chip.good")).to_be_visible()
    checked(desk)
    page.click("form.act button.primary")
    expect(page.locator("tbody .chip.good")).to_be_visible()
    checked(desk)
    assert place not in port.held()
    desk.open(f"/console/feeds/quarantine/rows/{place[0]}/{place[1]}")
    expect(page.locator("h1")).to_be_visible()
    # The browser itself says of the page that is no longer there that it was not found.
    assert all("404" in said for said in desk.said)
    assert desk.foreign == []
    context.close()


def test_a_row_is_put_right_without_script(chrome: Browser, port: Port) -> None:
    (place,) = port.send(counted("without-script", unit="t"))
    context = chrome.new_context(java_script_enabled=False, locale="en")
    desk = Desk(context.new_page(), port.url)
    desk.open("/console/sign-in")
    desk.sign_in("zhou.tao")
    desk.open(row_path(place))
    desk.page.select_option("select[name=value]", "kg")
    desk.page.fill("textarea[name=note]", "Gao Fei")
    desk.page.click("section[aria-labelledby=repair] button")
    desk.page.click("form.act button.primary")
    expect(desk.page.locator("tbody .chip.good")).to_be_visible()
    assert place not in port.held()
    context.close()
