"""The table of bands: how many pupils stand in each, who came and went, and where they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html

from absence.lists.listing import ANY_MOVE, NO_SESSIONS, BandLine
from absence.rules.wording import long_day


@dataclass(frozen=True, slots=True)
class BandCells:
    """A line of the table; a count leads to the pupils that it counts."""

    band: BandLine
    pupils: str
    came_in: str
    went: str


@dataclass(frozen=True, slots=True)
class BandTable:
    caption: str
    lines: list[BandCells]
    with_movement: bool
    without_sessions: str = ""


def band_table(
    bands: Sequence[BandLine],
    address: Callable[..., str],
    *,
    without_sessions: int = 0,
    since: date | None,
) -> BandTable:
    """Of the list itself. `address` gives its query with these choices; `since` is the day that
    movement is measured from, None where nothing is known of it."""
    change = f", with the change since {long_day(since)}" if since else ""
    none_of_them = address(band=NO_SESSIONS, was=None, moved=None)
    return BandTable(
        caption=f"Pupils in each band{change}",
        lines=[_of_the_list(band, address) for band in bands],
        with_movement=since is not None,
        without_sessions=count(without_sessions, f"?{none_of_them}") if without_sessions else "",
    )


def _of_the_list(band: BandLine, address: Callable[..., str]) -> BandCells:
    return BandCells(
        band,
        shown(band, f"?{address(band=band.name, was=None, moved=None)}#pupils"),
        count(
            band.came_in,
            "?" + address(band=band.name, moved=ANY_MOVE, was=None),
            f" came into {band.title}: show them",
        ),
        count(
            band.went,
            "?" + address(was=band.name, moved=ANY_MOVE, band=None),
            f" left {band.title}: show them",
        ),
    )


def bands_of_the_school(
    bands: Sequence[BandLine], address: Callable[[str], str], *, with_movement: bool
) -> BandTable:
    """Where alone the pupils of a band are listed; `address` is where those of this name are."""
    lines = [
        BandCells(band, shown(band, address(band.name)), f"{band.came_in:,}", f"{band.went:,}")
        for band in bands
    ]
    return BandTable("Pupils in each band", lines, with_movement)


def shown(band: BandLine, href: str) -> str:
    """How many stand in the band, and where they are listed."""
    return format_html(
        '<a class="band-count" href="{}"><b>{}</b><span class="visually-hidden"> '
        "{}, {}: show them</span></a>",
        href,
        f"{band.pupils:,}",
        band.title,
        band.attendance,
    )


def count(pupils: int, href: str, words: str = "") -> str:
    """A count that leads to its pupils where there are any; `words` are for who cannot see the
    column."""
    if not pupils:
        return "0"
    hidden = format_html('<span class="visually-hidden">{}</span>', words) if words else ""
    return format_html(
        '<a class="band-count" href="{}#pupils">{}{}</a>', href, f"{pupils:,}", hidden
    )
