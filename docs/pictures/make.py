"""Takes the pictures of the documentation anew: one command, a few minutes.

    .venv/bin/python docs/pictures/make.py          # story/, pages/ and their README.md
    .venv/bin/python docs/pictures/make.py --all    # every page at three sizes, into var/pictures/

`story/` comes from the test that plays a school's first days; `pages/` from a demonstration that is
started for it or runs already (`--at http://127.0.0.1:8000`). Needs what `./rollbook test
--browser` needs. What stands behind a link (one pupil, one letter) is found by following it; a page
whose link is not there is left out and named. Nothing is sent or changed.
"""

import argparse
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from demonstration import PAGES, WHO, Shown
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PORT = 8093
PASSWORD = "a-slate-and-a-bell"  # noqa: S105 (everybody can read it; the school is invented)
HEIGHTS = {1280: 800, 820: 1180, 390: 844}
COLOURS = 64  # of a palette: enough for faces of letters and for charts
STORY = {
    "set-up": "The set-up guide: four of five steps are done",
    "import-check": "The files of a school are looked at before they come in",
    "today": "A teacher’s registers of the day",
    "register": "The register of 8K on one screen",
    "late-desk": "The late desk: Callum, L, and how many minutes",
    "morning": "This morning: one child is not accounted for",
    "pupil": "One child’s year",
    "at-risk": "Who is over a line, and who is near it",
    "letter": "A letter: how many of the school days were missed, when, and why",
    "school": "The school in figures",
    "panel": "A panel and its pupils",
    "pack": "The pack of a panel: cover, front sheet, the year, the register's extract",
}


def say(words: str) -> None:
    print(words, flush=True)


def in_palette(picture: bytes) -> bytes:
    """A picture with few colours, a third of its bytes."""
    drawn = Image.open(io.BytesIO(picture)).convert("RGB")
    small = io.BytesIO()
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def take_story() -> None:
    """The README's pictures, out of the test that plays the story."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["./rollbook", "test", "--browser", "tests/browser/test_story.py"],
            cwd=ROOT,
            env=os.environ | {"PICTURES": folder},
            check=True,
        )
        for name in STORY:
            picture = (Path(folder) / f"{name}.png").read_bytes()
            (HERE / "story" / f"{name}.png").write_bytes(in_palette(picture))


@contextmanager
def demonstration(running: str | None) -> Iterator[str]:
    """The address of the one that runs already, or of one that runs as long as it is wanted."""
    if running:
        yield running
        return
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            ["./rollbook", "demo", "--port", str(PORT)],
            cwd=ROOT,
            env=os.environ | {"ROLLBOOK_VAR": folder},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            wait_until_up(process)
            yield f"http://127.0.0.1:{PORT}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def wait_until_up(process: subprocess.Popen) -> None:
    for line in process.stdout or ():
        say(line.rstrip())
        if "Ctrl-C stops it" in line:
            return
    sys.exit("The demonstration did not come up.")


def sign_in(page: Page, who: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def signed_in(browser: Browser, base: str, people: Iterable[str]) -> dict[str, Page]:
    """A window for each person."""
    windows = {}
    for who in dict.fromkeys(people):
        windows[who] = browser.new_context(base_url=base, locale="en-GB").new_page()
        if who:
            sign_in(windows[who], who)
    return windows


def open_page(page: Page, shown: Shown) -> bool:
    """Whether the page is there: its address, then its links, one after the other."""
    answer = page.goto(shown.at)
    for pattern in shown.links:
        urls = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.href)")
        url = next((url for url in urls if re.search(pattern, url)), None)
        if url is None:
            return False
        answer = page.goto(url)
    return answer is not None and answer.status in {200, 503}  # 503: the health page, at its start


def take(page: Page, name: str, width: int, folder: Path) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)  # until charts and the tabs of the new width stand
    (folder / f"{name}-{width}.png").write_bytes(in_palette(page.screenshot()))


def take_pages(
    base: str, pages: list[Shown], folder: Path, chromium: str, *, every: bool
) -> list[Shown]:
    """The pages that were there."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--lang=en-GB"]
        )
        windows = signed_in(browser, base, (shown.who for shown in pages))
        for shown in pages:
            if not open_page(windows[shown.who], shown):
                say(f"{shown.name}: not there")
                continue
            for width in HEIGHTS if every else [shown.kept]:
                take(windows[shown.who], shown.name, width, folder)
            taken.append(shown)
    return taken


def contents(pages: list[Shown]) -> Iterator[str]:
    """The page that shows them all."""
    yield "# Pictures\n"
    yield "Nobody in them is real. [make.py](make.py) takes them anew, and with `--all` every page"
    yield "of [the list](demonstration.py) at the widths of a desk, a tablet and a telephone, into"
    yield "`var/pictures/`, where git does not look.\n"
    yield "## A school's first days\n"
    for name, what in STORY.items():
        yield f"![{what}](story/{name}.png)\n"
    yield "## Pages of the demonstration school\n"
    for shown in pages:
        yield f"**{shown.what}**, as {WHO[shown.who]} sees it, {shown.kept} pixels wide\n"
        yield f"![{shown.what}](pages/{shown.name}-{shown.kept}.png)\n"


def read_options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description="Takes the pictures of the documentation.")
    options.add_argument("--all", action="store_true", help="every page, into var/pictures/")
    options.add_argument("--at", help="a demonstration that runs: http://127.0.0.1:8000")
    options.add_argument("--only", choices=["story", "pages"], help="these alone")
    options.add_argument("--chromium", default="/usr/bin/chromium")
    return options.parse_args()


def all_pages(options: argparse.Namespace) -> None:
    folder = ROOT / "var" / "pictures"
    with demonstration(options.at) as base:
        take_pages(base, list(PAGES), folder, options.chromium, every=True)
    say(f"{weight(folder):.1f} MB of pictures in {folder}")


def kept_pages(options: argparse.Namespace) -> None:
    kept = [shown for shown in PAGES if shown.kept]
    with demonstration(options.at) as base:
        kept = take_pages(base, kept, HERE / "pages", options.chromium, every=False)
    (HERE / "README.md").write_text("\n".join(contents(kept)).rstrip() + "\n")


def weight(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*.png")) / 1e6


def main() -> None:
    options = read_options()
    if options.all:
        all_pages(options)
        return
    if options.only != "pages":
        take_story()
    if options.only != "story":
        kept_pages(options)
    say(f"{weight(HERE):.1f} MB of pictures in {HERE}")


if __name__ == "__main__":
    main()
