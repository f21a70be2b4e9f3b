"""The console in a real browser: a morning's path, both languages, both themes, wide and narrow."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.serving.conftest import DEFAULTED, NEWCOMER, STRONG, WEAK
from tests.serving.console.browser import LOOKS, NEEDS_CHROMIUM, Desk, launched
from tests.serving.console.conftest import PASSWORD, Console, case_path

PAGES = (
    "/console/worklist",
    case_path(STRONG),
    case_path(DEFAULTED),
    case_path(NEWCOMER),
    f"{case_path(WEAK)}/what-if?pay_instalments_on_time=50",
    f"{case_path(WEAK)}/decision",
    f"{case_path(STRONG)}/portrait",
    f"{case_path(WEAK)}/cargo",
    "/console/portfolio",
    "/console/warnings",
)
"""Pages that a risk officer opens; further pages add their paths."""
pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(params=LOOKS)
def desk(request: pytest.FixtureRequest, chromium: Browser, console: Console) -> Iterator[Desk]:
    width, height, theme, language = LOOKS[request.param]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, locale=language
    )
    found = Desk(context.new_page(), console.url)
    found.watch()
    found.open(f"/console/sign-in?lang={language}")
    yield found
    assert found.said == []
    assert found.foreign == []
    context.close()


def test_a_case_leads_from_the_worklist_to_the_very_message(desk: Desk) -> None:
    page = desk.page
    assert desk.violations() == []
    desk.sign_in()
    page.fill("input[name=q]", WEAK[-6:])
    page.press("input[name=q]", "Enter")
    page.click(f"tbody a:has-text('{WEAK}')")
    expect(page.locator("h1")).to_have_text(WEAK)
    evidence = page.locator(".reasons .evidence").first
    evidence.locator("summary").click()
    link = evidence.locator("a").first
    message_id = (link.text_content() or "").split()[-1]
    link.click()
    expect(page.locator("h2")).to_contain_text(message_id)
    assert desk.violations() == []
    page.click(".switch")
    expect(page.locator("h2")).to_contain_text(message_id)
    page.go_back()
    page.go_back()
    expect(page.locator("h1")).to_have_text(WEAK)
    page.click(".who form button")
    expect(page.locator("input[name=password]")).to_be_visible()
    page.go_back()
    expect(page.locator("input[name=password]")).to_be_visible()


def test_pages_are_clean_and_as_wide_as_the_screen(desk: Desk) -> None:
    desk.sign_in()
    for path in PAGES:
        desk.open(path)
        assert desk.violations() == [], path
        desk.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        assert desk.violations() == [], f"{path}, all opened"
        wide = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path


def test_the_worklist_goes_by_keyboard(desk: Desk) -> None:
    desk.sign_in()
    page = desk.page
    rows = page.locator("tbody th a")
    codes = rows.all_text_contents()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("input[name=q]")).to_be_focused()
    rows.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(codes[1])


def test_a_table_is_sorted_by_its_head(desk: Desk) -> None:
    desk.sign_in()
    desk.open(case_path(STRONG))
    table = desk.page.locator("section[aria-labelledby=streams] table")
    head = table.locator("thead th").nth(1)
    for order in ("ascending", "descending"):
        head.locator("button").click()
        expect(head).to_have_attribute("aria-sort", order)
        cells = table.locator("tbody tr td:nth-child(2)").all_text_contents()
        numbers = [int(text.replace(",", "")) for text in cells]
        assert numbers == sorted(numbers, reverse=order == "descending")


def test_reading_needs_no_script(chromium: Browser, console: Console) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{console.url}/console/")
    page.fill("input[name=name]", "li.wei")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.click(f"tbody a:has-text('{STRONG}')")
    page.locator(".as-of select").select_option(index=2)
    page.click(".as-of button")
    assert re.search(r"[?&]score=[0-9a-f-]{36}", page.url)
    context.close()


def test_the_rating_report_prints_in_ten_thousands(chromium: Browser, console: Console) -> None:
    context = chromium.new_context(locale="zh")
    desk = Desk(context.new_page(), console.url)
    desk.open("/console/sign-in?lang=zh")
    desk.sign_in()
    desk.open(case_path(STRONG))
    desk.page.emulate_media(media="print")
    expect(desk.page.locator(".report-title")).to_have_text("评级报告")
    expect(desk.page.locator(".report-title")).to_be_visible()
    expect(desk.page.locator(".hero .paper").first).to_contain_text("万元")
    expect(desk.page.locator(".hero .paper").first).to_be_visible()
    expect(desk.page.locator(".head")).to_be_hidden()
    assert desk.page.pdf(format="A4").startswith(b"%PDF")
    context.close()


def test_the_browser_would_tell_of_a_fault(chromium: Browser, console: Console) -> None:
    context = chromium.new_context()
    desk = Desk(context.new_page(), console.url)
    desk.watch()
    desk.open("/console/sign-in")
    desk.page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', "
        '\'<p style="color:#aaa">x</p><input><img src="https://elsewhere.example/x.png">\')'
    )
    found = " ".join(desk.violations())
    assert "label" in found
    assert "image-alt" in found
    assert any("Content Security Policy" in text for text in desk.said)
    context.close()
