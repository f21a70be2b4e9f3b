"""Pictures of the console for the documents: ``python -m benchmarks.console_pictures PASSWORD``.

Asks a service that runs over the demonstration (``cargoworthy serve --open --as-of 2023-01-01
--port-key var/world/port.key``) through the system's Chromium, and writes
``docs/images/console-*.png`` with few colours, so that they stay small. One override is proposed
there, for the picture of it. The page of models shows a challenger where one was trained and
validated after the champion.
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
        ``worklist``, ``case``, ``message``, ``lot``, a tab of the case, ``portfolio``,
        ``warning``, ``models``, one of :data:`FEEDS`, or ``explore`` for the cargo's timeline and
        ``explore-network`` for the profile's network.
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
    Picture("explore-en", "explore", "en", "light", 1280, 640),
    Picture("explore-zh", "explore", "zh", "dark", 1280, 640),
    Picture("explore-network-en", "explore-network", "en", "light", 1280, 640),
    Picture("what-if-en", "what-if", "en", "light", 1280, 1180),
    Picture("what-if-zh", "what-if", "zh", "light", 1280, 1180),
    Picture("decision-en", "decision", "en", "light", 1280, 1000),
    Picture("decision-zh", "decision", "zh", "light", 1280, 1000),
    Picture("portfolio-en", "portfolio", "en", "light", 1280, 1400),
    Picture("portfolio-zh", "portfolio", "zh", "dark", 1280, 1400),
    Picture("warning-en", "warning", "en", "light", 1280, 860),
    Picture("warning-zh", "warning", "zh", "light", 1280, 860),
    Picture("models-en", "models", "en", "light", 1280, 1480),
    Picture("models-zh", "models", "zh", "dark", 1280, 1480),
    Picture("feeds-en", "feeds", "en", "light", 1280, 860),
    Picture("feeds-zh", "feeds", "zh", "dark", 1280, 860),
    Picture("quarantine-en", "quarantine", "en", "light", 1280, 860),
    Picture("quarantine-zh", "quarantine", "zh", "light", 1280, 860),
    Picture("release-en", "release", "en", "light", 1280, 560),
    Picture("release-zh", "release", "zh", "dark", 1280, 560),
)

FEEDS = ("feeds", "quarantine", "release")
"""Pages of the port's data officer."""
OFFICERS = {"models": "liu.yan", **dict.fromkeys(FEEDS, "zhou.tao")}
"""Who sees a page first that risk officers do not."""


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("password")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--officer", default="chen.jing")
    parser.add_argument("--case", default="", help="credit code; else the worklist's third")
    parser.add_argument("--only", default="", help="pictures whose names begin so")
    stated = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-sync"],
        )
        code = stated.case
        for picture in (each for each in PICTURES if each.name.startswith(stated.only)):
            officer = OFFICERS.get(picture.page, stated.officer)
            page = _signed_in(browser, picture, stated.url, officer, stated.password)
            if not code and picture.page not in OFFICERS:
                code = page.locator("tbody tr:nth-child(3) th a").inner_text()
            _go(page, f"{stated.url}/console/cases/{code}", picture.page)
            _keep(page, picture)
            page.context.close()
        browser.close()


def _signed_in(browser: Browser, picture: Picture, url: str, officer: str, password: str) -> Page:
    """The page that an officer sees first."""
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
    if name in FEEDS:
        _go_to_feeds(page, name)
        return
    if name in ("worklist", *OFFICERS):
        return
    if name in ("portfolio", "warning"):
        _go_to_portfolio(page, name)
        return
    if name == "message":
        page.goto(case)
        signed = page.locator(".reasons .evidence li:has(.chip.good) a")
        page.evaluate("document.querySelectorAll('.evidence').forEach(e => e.open = true)")
        (signed if signed.count() else page.locator(".reasons .evidence a")).first.click()
        page.wait_for_selector(".message")
    elif name == "lot":
        page.goto(f"{case}/cargo")
        page.locator(".lots tbody th a").first.click()
        page.wait_for_selector("#lot")
    elif name.startswith("explore"):
        page.goto(f"{case}/{'portrait' if name == 'explore-network' else 'cargo'}")
        _explore(page)
    else:
        page.goto(case if name == "case" else f"{case}/{name}")
        if name == "what-if":
            _try_the_first(page)
        elif name == "decision":
            _propose(page)


def _go_to_feeds(page: Page, name: str) -> None:
    """From the first page of the port's data officer to another; nothing is released."""
    if name == "feeds":
        return
    page.goto(f"{page.url}/quarantine?stream=custody")
    if name == "release":
        page.goto(f"{page.url}&reason=wrong_unit")
        page.locator("tr:has(.why code:text-is('unit')) th a").first.click()
        page.locator("select[name=value]").select_option("kg")
        page.locator("textarea").fill("高飞，1月3日电话确认数量为千克。")
        page.locator("section[aria-labelledby=repair] button").click()
        page.wait_for_selector(".chip.good, .chip.warn")


def _go_to_portfolio(page: Page, name: str) -> None:
    """To the portfolio, and from there to a grave warning, which is taken and noted about."""
    page.click(".head nav a[href$='/portfolio']")
    if name == "portfolio":
        return
    page.locator("[aria-labelledby=watch] td:last-child a").first.click()
    page.wait_for_selector(".acts")
    if page.locator(".acts li").count() == 1:
        page.click("button[value=taken]")
        page.wait_for_selector(".acts li:nth-child(2)")
    if page.locator(".acts li").count() == 2:
        note = "已电话通知企业补足货物，承诺两日内到仓；现场盘点安排在周四。"
        page.locator("form:has(button[value=noted]) textarea").fill(note)
        page.click("button[value=noted]")
    page.wait_for_selector(".acts li:nth-child(3)")


def _explore(page: Page) -> None:
    """Press the chart's button, and hover over the last mark of its last trace."""
    page.click(".explore-switch")
    page.wait_for_selector(".exploring .main-svg")
    page.locator("section:has(.exploring)").evaluate("card => card.scrollIntoView()")
    hint = page.locator(".hovertext")
    for _ in range(20):  # the chart may still be moving into its place
        x, y = page.evaluate(_MARK)
        page.mouse.move(x - 4, y)
        page.mouse.move(x, y)
        page.wait_for_timeout(250)
        if hint.count():
            return
    raise RuntimeError("expected hovering to tell something, found nothing told")


_MARK = """
() => {
  const chart = document.querySelector(".explored-chart");
  const { left, top } = chart.getBoundingClientRect();
  const trace = chart.data.filter((each) => each.mode.includes("markers")).at(-1);
  const { xaxis, ...axes } = chart._fullLayout;
  const yaxis = axes[(trace.yaxis ?? "y").replace("y", "yaxis")];
  return [
    left + xaxis._offset + xaxis.d2p(trace.x.at(-1)),
    top + yaxis._offset + yaxis.d2p(trace.y.at(-1)),
  ];
}
"""


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
