"""From the portfolio to a warning and its end, in a browser, with and without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from serving.console.portfolio.books import BOOKS
from tests.serving.conftest import until
from tests.serving.console.browser import LOOKS, NEEDS_CHROMIUM, Desk, launched
from tests.serving.console.conftest import AS_OFS, Console
from tests.serving.console.portfolio.conftest import LOOKED

pytestmark = NEEDS_CHROMIUM
TRIED = dict(zip((*LOOKS, "no script"), LOOKED, strict=True))


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.mark.parametrize("look", TRIED)
def test_a_warning_is_taken_noted_and_ended(chrome: Browser, house: Console, look: str) -> None:
    until(lambda: BOOKS.at(house.rooms.record(), AS_OFS[-1]))
    width, height, theme, language = LOOKS.get(look, (1280, 900, "light", "en"))
    context = chrome.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale=language,
        java_script_enabled=look in LOOKS,
    )
    desk, who = Desk(context.new_page(), house.url), TRIED[look]
    desk.watch()
    desk.open(f"/console/sign-in?lang={language}")
    desk.sign_in()
    page = desk.page
    page.click(".head nav a[href$='/portfolio']")
    checked(desk, look)
    row = page.locator(f"[aria-labelledby=watch] tr:has-text('{who}')")
    row.locator("td:last-child a").click()
    expect(page.locator("h1")).to_have_text(who)
    expect(page.locator("button[value=closed]")).to_have_count(0)
    page.click("button[value=taken]")
    page.locator("form:has(button[value=noted]) textarea").fill("They pay on Friday.")
    page.click("button[value=noted]")
    expect(page.locator(".acts li")).to_have_count(3)
    checked(desk, look)
    page.select_option("select[name=outcome]", "repaid")
    page.locator("form:has(button[value=closed]) textarea").fill("They paid.")
    page.click("button[value=closed]")
    expect(page.locator(".acts li")).to_have_count(4)
    expect(page.locator("form.act")).to_have_count(0)
    page.click(".eyebrow a")
    expect(page.locator(f"tbody tr:has-text('{who}')")).to_have_count(0)
    checked(desk, look)
    assert desk.foreign == []
    assert desk.said == []
    context.close()


def checked(desk: Desk, look: str) -> None:
    if look in LOOKS:
        assert desk.violations() == []
        assert desk.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
