"""What an address or a form of ours names, read with care: anybody can type anything there."""

from collections.abc import Iterable
from datetime import date

from django.utils.http import url_has_allowed_host_and_scheme

from registers.web.access import PageRequest

LARGEST_NUMBER = 2**31 - 1  # what the number of a row can be
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)


def number_of(text: str | None) -> int | None:
    """The number of a row; None for what is none, such as ² or a number that no row can have."""
    if not text or len(text) > 10 or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= LARGEST_NUMBER else None


def numbers_of(texts: Iterable[str]) -> list[int]:
    """The numbers of rows among them, in their order."""
    numbers = map(number_of, texts)
    return [number for number in numbers if number is not None]


def day_of(text: str | None) -> date | None:
    """The day 2026-11-24; None for what is none, or lies where no school of ours ever met."""
    try:
        on = date.fromisoformat(text or "")
    except ValueError:
        return None
    return on if is_of_our_time(on) else None


def is_of_our_time(on: date) -> bool:
    """Whether weeks and years can be counted from it, both ways."""
    return FIRST_DAY <= on <= LAST_DAY


def words_of(text: str | None, most: int) -> str:
    """At most so many characters; without NUL, which no database takes."""
    return (text or "").replace("\0", "").strip()[:most]


def back_to(request: PageRequest) -> str:
    """The page one came from, when it is one of ours; else empty."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours and wanted.startswith("/") else ""
