"""A real browser for the console's tests.

Chromium is the system's own (Debian's package ``chromium``; ``CHROMIUM`` names another); axe-core
comes with the package ``axe-playwright-python`` and is run inside the pages.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.serving.console.conftest import PASSWORD

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
LOOKS = {
    "wide, light, English": (1280, 900, "light", "en"),
    "narrow, dark, Chinese": (390, 844, "dark", "zh"),
}
NEEDS_CHROMIUM = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}: apt-get install chromium"
)


@dataclass
class Desk:
    """A page of the browser, and what went wrong on it."""

    page: Page
    url: str
    said: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.url, "data:")):
            self.foreign.append(url)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def sign_in(self, name: str = "li.wei") -> None:
        self.page.fill("input[name=name]", name)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button")
        expect(self.page.locator(".officer")).to_be_visible()

    def violations(self) -> list[str]:
        """What axe finds serious or critical, with the elements."""
        self.page.evaluate(AXE)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        options = {"runOnly": {"type": "tag", "values": tags}}
        found = self.page.evaluate("options => axe.run(options)", options)
        return [
            f"{each['id']}: {node['html'][:200]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser that calls nobody by itself."""
    quiet = ("background-networking", "component-update", "sync")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", *(f"--disable-{what}" for what in quiet)],
        )
        yield browser
        browser.close()
