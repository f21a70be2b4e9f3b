"""Pictures of the console for the documents: ``python -m benchmarks.console_pictures PASSWORD``.

Asks a service that runs (``cargoworthy officers demo``, then ``cargoworthy serve --open --as-of
2023-01-01``) through the system's Chromium, and writes ``docs/images/console-*.png`` with few
colours, so that they stay small. One override is proposed there, for the picture of it.
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
        ``worklist``, ``case``, ``message``, ``lot``, or a tab of the case.
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
    Picture("cargo-en", "cargo", "en", "light", 1280, 1450),
    Picture("cargo-zh", "cargo", "zh", "dark", 1280, 1450),
    Picture("lot-en", "lot", "en", "light", 1280, 1100),
    Picture("lot-zh", "lot", "zh", "light", 1280, 1100),
    Picture("portrait-en", "portrait", "en", "light", 1280, 1760),
    Picture("portrait-zh", "portrait", "zh", "dark", 1280, 1760),
    Picture("what-if-en", "what-if", "en", "light", 1280, 1180),
    Picture("what-if-zh", "what-if", "zh", "light", 1280, 1180),
    Picture("decision-en", "decision", "en", "light", 1280, 1000),
    Picture("decision-zh", "decision", "zh", "light", 1280, 1000),
)


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("password")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--officer", default="chen.jing")
    parser.add_argument("--case", default="", help="credit code; else the worklist's third")
    stated = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-sync"],
        )
        code = stated.case
        for picture in PICTURES:
            page = _signed_in(browser, picture, stated.url, stated.officer, stated.password)
            code = code or page.locator("tbody tr:nth-child(3) th a").inner_text()
            _go(page, f"{stated.url}/console/cases/{code}", picture.page)
            _keep(page, picture)
            page.context.close()
        browser.close()


def _signed_in(browser: Browser, picture: Picture, url: str, officer: str, password: str) -> Page:
    """The worklist, as an officer sees it first."""
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
    return page


def _keep(page: Page, picture: Picture) -> None:
    path = OUT / f"console-{picture.name}.png"
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1_000:.0f} kB")


def _go(page: Page, case: str, name: str) -> None:
    """From the worklist to a page of a case."""
    if name == "worklist":
        return
    if name == "message":
        page.goto(case)
        evidence = page.locator(".reasons .evidence").first
        evidence.locator("summary").click()
        evidence.locator("a").first.click()
        page.wait_for_selector(".message")
    elif name == "lot":
        page.goto(f"{case}/cargo")
        page.locator(".lots tbody th a").first.click()
        page.wait_for_selector("#lot")
    else:
        page.goto(case if name == "case" else f"{case}/{name}")
        if name == "what-if":
            _try_the_first(page)
        elif name == "decision":
            _propose(page)


def _try_the_first(page: Page) -> None:
    """Go all the way with the first thing that a trader could do."""
    lever = page.locator(".lever input").first
    lever.focus()
    page.keyboard.press("End")
    page.wait_for_url(f"**{lever.get_attribute('name')}=100*")


def _propose(page: Page) -> None:
    """Propose an override, unless one waits already."""
    form = page.locator("form:has(select[name=grade])")
    if form.count():
        form.locator("select[name=grade]").select_option("B")
        form.locator("input[name=limit]").fill("600,000")
        form.locator("select[name=reason]").select_option("security")
        form.locator("textarea").fill("仓库现场核实，货物完好；质押物补足手续正在办理。")
        form.locator("button[value=proposed]").click()
    page.wait_for_selector("button[value=withdrawn]")


if __name__ == "__main__":
    main()
