"""Attendance at the last school in a Common Transfer File: sessions by academic year."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from lxml import etree

from registers.exchange.read.xml import child_of, local_name, text_of

PRIOR_COLUMNS = (
    "UPN",
    "Academic year",
    "LAESTAB",
    "School",
    "Sessions possible",
    "Sessions attended",
    "Sessions authorised",
    "Sessions unauthorised",
    "Source",
)
Cells = dict[str, str]


def year_elements(pupil: etree._Element) -> Iterator[etree._Element]:
    """What holds the counts of one year; public readers differ on what it is called."""
    for part in pupil:
        if local_name(part).startswith("Attendance"):
            yield from (one for one in part.iter() if child_of(one, "SessionsPossible") is not None)


def year_of(element: etree._Element, upn: str, name: str) -> Cells | None:
    counts = {
        f"Sessions {what.lower()}": text_of(element, f"Sessions{what}")
        for what in ("Possible", "Attended", "Authorised", "Unauthorised")
    }
    year = text_of(element, "Year")
    if not year or not counts["Sessions possible"]:
        return None
    started = day_in(text_of(element, "AttendanceStartDate"))
    return {
        "UPN": upn,
        "Academic year": year,
        "LAESTAB": laestab_of(element),
        "School": text_of(element, "SchoolName"),
        **counts,
        "Source": name[:200],
        "started": str(academic_year_of(started)) if started else "",
    }


def write_years_out(rows: Sequence[tuple[int, Cells]], written_on: date | None) -> str:
    """Each academic year in full, since 2025 says either its end or its start; and why it is read
    so, where that is not sure.
    """
    dated = [(cells["Academic year"], cells.pop("started")) for _, cells in rows]
    numbers = {int(year) for year, _ in dated if year.isdigit()}
    started = [(int(year), int(begun)) for year, begun in dated if begun and year.isdigit()]
    begins, how = year_begins(list(numbers), started, written_on)
    for _, cells in rows:
        cells["Academic year"] = _written_out(cells["Academic year"], begins)
    return how if numbers else ""


def year_begins(
    years: Sequence[int], started: Iterable[tuple[int, int]], written_on: date | None
) -> tuple[bool, str]:
    """Whether the file names an academic year by the year in which it begins, and a sentence on
    why it is read so. `started` pairs a year with that in which its first day of attendance is.
    """
    pairs = list(started)
    if pairs:
        return all(year == begins for year, begins in pairs), ""
    if years and written_on and max(years) > academic_year_of(written_on):
        return False, ""  # it cannot have begun yet, so it is named by its end
    if not years:
        return False, ""
    last = max(years)
    return False, f"the year {last} of attendance is read as the one that ended in {last}"


def academic_year_of(on: date) -> int:
    """The year in which the academic year of a day began."""
    return on.year if on.month >= 8 else on.year - 1


def _written_out(year: str, begins: bool) -> str:
    """2025/26; whatever is neither a year nor two stays as it is, to be told as wrong."""
    if pair := re.fullmatch(r"(\d{4})[/-](?:\d{2})?(\d{2})", year):
        return f"{pair[1]}/{pair[2]}"
    if not re.fullmatch(r"\d{4}", year):
        return year
    first = int(year) if begins else int(year) - 1
    return f"{first}/{(first + 1) % 100:02d}"


def laestab_of(element: etree._Element, *path: str) -> str:
    found = child_of(element, *path)
    if found is None:
        return ""
    joined = text_of(found, "LEA") + text_of(found, "Estab")
    return joined if re.fullmatch(r"[0-9]{7}", joined) else ""


def day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
