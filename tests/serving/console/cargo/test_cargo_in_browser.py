"""From an enterprise's cargo to a lot and to its very message, in a browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.serving.conftest import WEAK
from tests.serving.console.browser import LOOKS, NEEDS_CHROMIUM, Desk, launched
from tests.serving.console.conftest import Console, case_path

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def checked(desk: Desk) -> None:
    desk.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert desk.violations() == []
    assert desk.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("look", LOOKS)
def test_from_the_stock_to_a_lot_and_its_message(
    chrome: Browser, console: Console, look: str
) -> None:
    width, height, theme, language = LOOKS[look]
    context = chrome.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, locale=language
    )
    desk = Desk(context.new_page(), console.url)
    desk.watch()
    desk.open(f"/console/sign-in?lang={language}")
    desk.sign_in()
    desk.open(case_path(WEAK))
    desk.page.click(".tabs a[href$='/cargo']")
    expect(desk.page.locator("[aria-labelledby=stock] tbody tr").first).to_be_visible()
    checked(desk)
    lot = desk.page.locator(".lots tbody th a").first
    tail = lot.get_attribute("title") or ""
    lot.click()
    expect(desk.page.locator("#lot")).to_have_text(tail)
    checked(desk)
    desk.page.locator(".way a").first.click()
    expect(desk.page).to_have_url(re.compile("/messages/declaration/"))
    desk.page.go_back()
    desk.page.go_back()
    expect(desk.page.locator(".lots")).to_be_visible()
    assert desk.said == []
    assert desk.foreign == []
    context.close()
