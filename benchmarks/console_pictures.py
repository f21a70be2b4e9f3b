"""Pictures of the console for the documents: ``python -m benchmarks.console_pictures PASSWORD``.

Asks a service that runs (``cargoworthy officers demo``, then ``cargoworthy serve --open --as-of
2023-01-01``) through the system's Chromium, and writes ``docs/images/console-*.png`` with few
colours, so that they stay small.
"""

import argparse
import io
import os
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path("docs/images")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_COLOURS = 96


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes
    ----------
    name : str
        Of the file, without ``console-``.
    page : str
        ``worklist``, ``case`` or ``message``.
    language, theme : str
    width, height : int
        Of the screen; all of a page that is longer is not shown.
    """

    name: str
    page: str
    language: str
    theme: str
    width: int
    height: int


PICTURES = (
    Picture("worklist-en", "worklist", "en", "light", 1280, 860),
    Picture("worklist-zh", "worklist", "zh", "dark", 1280, 860),
    Picture("worklist-zh-390", "worklist", "zh", "light", 390, 844),
    Picture("case-en", "case", "en", "light", 1280, 1500),
    Picture("case-zh", "case", "zh", "light", 1280, 1500),
    Picture("message-en", "message", "en", "light", 1280, 640),
    Picture("message-zh", "message", "zh", "dark", 1280, 640),
)


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("password")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--officer", default="chen.jing")
    stated = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-sync"],
        )
        for picture in PICTURES:
            _take(browser, picture, stated.url, stated.officer, stated.password)
        browser.close()


def _take(browser: Browser, picture: Picture, url: str, officer: str, password: str) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.theme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{url}/console/sign-in?lang={picture.language}")
    page.fill("input[name=name]", officer)
    page.fill("input[name=password]", password)
    page.click("main button")
    page.wait_for_selector("table")
    _go(page, picture.page)
    path = OUT / f"console-{picture.name}.png"
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1_000:.0f} kB")
    context.close()


def _go(page: Page, name: str) -> None:
    """From the worklist to a page, as an officer would."""
    if name == "worklist":
        return
    page.click("tbody tr:nth-child(3) th a")
    page.wait_for_selector(".waterfall")
    if name == "message":
        evidence = page.locator(".reasons .evidence").first
        evidence.locator("summary").click()
        evidence.locator("a").first.click()
        page.wait_for_selector(".message")


if __name__ == "__main__":
    main()
