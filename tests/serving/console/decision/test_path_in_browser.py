"""From a trial to an override and its second officer, in a browser, with and without script."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from tests.serving.console.browser import LOOKS, NEEDS_CHROMIUM, Desk, launched
from tests.serving.console.conftest import PASSWORD, Console, case_path
from tests.serving.console.decision.conftest import OWN, decision_path

pytestmark = NEEDS_CHROMIUM
TRIED = dict(zip((*LOOKS, "no script"), OWN[-3:], strict=True))


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@contextmanager
def signed_in(chrome: Browser, desk: Console, name: str, look: str) -> Iterator[Desk]:
    width, height, theme, language = LOOKS.get(look, (1280, 900, "light", "en"))
    context = chrome.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale=language,
        java_script_enabled=look in LOOKS,
    )
    found = Desk(context.new_page(), desk.url)
    found.watch()
    found.open(f"/console/sign-in?lang={language}")
    found.page.fill("input[name=name]", name)
    found.page.fill("input[name=password]", PASSWORD)
    found.page.click("main button")
    yield found
    assert found.foreign == []
    assert found.said == []
    context.close()


def checked(desk: Desk, look: str) -> None:
    if look in LOOKS:
        assert desk.violations() == []
        assert desk.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("look", TRIED)
def test_an_override_from_the_first_look_to_the_second_officer(
    chrome: Browser, desk: Console, look: str
) -> None:
    who = TRIED[look]
    with signed_in(chrome, desk, "li.wei", look) as first:
        first.open(case_path(who) + "/decision")
        first.page.select_option("select[name=grade]", "AA")
        first.page.fill("input[name=limit]", "2,000,000")
        first.page.select_option("select[name=reason]", "security")
        first.page.locator("form:has(select[name=grade]) textarea").fill("Seen on site.")
        first.page.click("button[value=proposed]")
        expect(first.page.locator("button[value=withdrawn]")).to_be_visible()
        expect(first.page.locator("button[value=confirmed]")).to_have_count(0)
        checked(first, look)
    with signed_in(chrome, desk, "zhang.hua", look) as second:
        second.open("/console/worklist?signal=second_officer")
        second.page.click(f"tbody a:has-text('{who}')")
        second.page.click(f"a[href='{decision_path(who)}'] >> nth=0")
        expect(second.page.locator(".change .note")).to_have_text("Seen on site.")
        second.page.click("button[value=confirmed]")
        expect(second.page.locator(".acts li")).to_have_count(2)
        checked(second, look)


@pytest.mark.parametrize("look", TRIED)
def test_a_trial_is_reckoned_in_place_or_by_the_form(
    chrome: Browser, desk: Console, look: str
) -> None:
    with signed_in(chrome, desk, "li.wei", look) as found:
        found.open(case_path(TRIED[look]) + "/what-if")
        page = found.page
        lever = page.locator(".lever input").first
        code = lever.get_attribute("name")
        before = page.locator("#outcome .then dd.after").first.text_content()
        lever.focus()
        page.keyboard.press("End")
        if look not in LOOKS:
            page.click("#plan button")
        after = page.locator("#outcome .then dd.after").first
        expect(after).not_to_have_text(before or "")
        assert f"{code}=100" in page.url
        if look in LOOKS:
            expect(page.locator(f"output[for={code}]")).to_have_text("100%")
        page.reload()
        expect(page.locator(".lever input").first).to_have_value("100")
        checked(found, look)
