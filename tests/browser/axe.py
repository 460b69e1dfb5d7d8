"""Nothing for axe and no sideways scroll, at the width of a desk, a tablet and a telephone."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = [(1280, 800), (820, 1180), (390, 844)]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


def axe_finds_nothing(page: Page) -> None:
    before = page.viewport_size
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px at {width}"
    page.set_viewport_size(before)
