"""A finger on a touch screen: real sequences of touches, with the browser's own scrolling."""

from playwright.sync_api import Browser, CDPSession, Page

PHONE, TABLET = (390, 844), (820, 1180)


def touch_page(browser: Browser, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=True,
        is_mobile=True,
        locale="en-GB",
        service_workers="block",  # a page in its charge cannot be cut off by Playwright
    )
    return context.new_page()


class Finger:
    def __init__(self, page: Page):
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(points)]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def at(self, selector: str) -> tuple[float, float]:
        box = self.page.locator(selector).bounding_box()
        return box["x"] + min(30, box["width"] / 2), box["y"] + box["height"] / 2

    def tap(self, selector: str) -> None:
        self._send("touchStart", self.at(selector))
        self._send("touchEnd")

    def tap_both(self, one: str, other: str) -> None:
        """With two thumbs: the second lands before the first is lifted."""
        first, second = self.at(one), self.at(other)
        self._send("touchStart", first)
        self._send("touchStart", first, second)
        self._send("touchEnd")  # one after the other

    def move(self, selector: str, across: int, down: int, start_x: float | None = None) -> None:
        """Put down, drawn in ten steps, lifted."""
        x, y = self.at(selector)
        x = x if start_x is None else start_x
        self._send("touchStart", (x, y))
        for step in range(1, 11):
            self._send("touchMove", (x + across * step / 10, y + down * step / 10))
            self.page.wait_for_timeout(16)
        self._send("touchEnd")

    def hold(self, selector: str, milliseconds: int) -> None:
        self._send("touchStart", self.at(selector))
        self.page.wait_for_timeout(milliseconds)
        self._send("touchEnd")
