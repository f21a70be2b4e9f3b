"""The models' pages in a real browser: both languages, both themes, wide and narrow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.serving.console.browser import LOOKS, NEEDS_CHROMIUM, Desk, launched
from tests.serving.console.models.conftest import ModelsDesk

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(params=LOOKS)
def desk(request: pytest.FixtureRequest, chromium: Browser, models: ModelsDesk) -> Iterator[Desk]:
    width, height, theme, language = LOOKS[request.param]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, locale=language
    )
    found = Desk(context.new_page(), models.console.url)
    found.watch()
    found.open(f"/console/sign-in?lang={language}")
    found.sign_in("liu.yan")
    yield found
    assert found.said == []
    assert found.foreign == []
    context.close()


def clean(desk: Desk) -> None:
    assert desk.violations() == []
    desk.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert desk.violations() == [], "all opened"
    assert desk.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_from_the_model_to_its_report_and_the_saved_file(desk: Desk, models: ModelsDesk) -> None:
    page = desk.page
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator(".sides")).to_contain_text(models.champion.hash[:16])
    expect(page.locator("svg.index-lines")).to_be_visible()
    clean(desk)
    page.locator(f"a[href*='{models.champion.hash}/report']").first.click()
    expect(page.locator(".checks tbody tr")).to_have_count(3)
    clean(desk)
    page.locator(".signals a.bad").click()
    expect(page.locator(".checks tbody tr")).to_have_count(1)
    with page.expect_download() as saved:
        page.locator("a[href$='report.html']").click()
    assert saved.value.suggested_filename == "validation-sme-pd-8.html"
    page.go_back()
    page.go_back()
    expect(page.locator(".sides")).to_be_visible()
