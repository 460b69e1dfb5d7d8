"""What the pages of groups and of year groups say."""

from collections.abc import Iterable, Sequence
from typing import Protocol
from urllib.parse import quote

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registers.models import AcademicYear, Group
from registers.rules.pupils.year_groups import spoken
from registers.rules.wording import many, plural

NOBODY_YET = SafeString('<span class="muted">Nobody yet</span>')


def groups_lede(registration: int, without: int) -> SafeString:
    """How many registration groups there are, and who is in none."""
    number = many(registration, "registration group")
    return format_html("<strong>{}.</strong> {}", number, _in_none(registration, without))


def _in_none(registration: int, without: int) -> str:
    if without:
        verb, them = plural(without, "is", "are"), plural(without, "that pupil", "them")
        return f"{many(without, 'pupil')} on roll {verb} in none, so no register has {them}."
    if registration:
        return "Every pupil on roll is in one."
    return "A register is a group’s: every pupil needs a registration group."


def names_or_nobody(names: Sequence[str]) -> SafeString:
    if not names:
        return NOBODY_YET
    return format_html_join(", ", "<bdi>{}</bdi>", ((name,) for name in names))


def colleagues(tutors: Sequence[int]) -> str:
    return many(len(tutors), "colleague") if tutors else "Nobody yet"


class PlacedEnrolment(Protocol):
    """A time on the roll with the year group and the registration group of now, where known."""

    year_group: str | None
    registration: str | None


def where_now(enrolment: PlacedEnrolment) -> str:
    """The year group and the registration group of a pupil who could come in."""
    year = spoken(enrolment.year_group) if enrolment.year_group else "No year group"
    return f"{year}, in {enrolment.registration or 'no registration group'}"


def end_label(group: Group) -> str:
    return "Move or end" if group.kind == "registration" else "End"


def year_groups_lede(year: AcademicYear, total: int, without: int) -> SafeString:
    """How many pupils a year has, and how many of them have no year group."""
    pupils = many(total, "pupil")
    missing: SafeString | str = ", every one with a year group" if total else ""
    if without:
        missing = format_html(", <strong>{} without a year group</strong>", f"{without:,}")
    return format_html("<strong>{}</strong> on roll in {}{}.", pupils, year, missing)


def nobody_in_year(year: AcademicYear, total: int) -> tuple[str, str]:
    """The heading and the sentence in place of a list without rows."""
    if total:
        return "Nobody is like that", f"No pupil on roll in {year} fits."
    return f"Nobody is on roll in {year}", (
        "Pupils come with the school’s files, or one by one in the admission register."
    )


def with_numbers(year_groups: Iterable[tuple[str, int]]) -> SafeString:
    """Year groups with how many pupils each has, as links to those pupils."""
    rows = ((quote(name), name, many(number, "pupil")) for name, number in year_groups)
    return format_html_join("; ", '<a href="?year={}"><bdi>{}</bdi>, {}</a>', rows)


def year_group_or_dash(code: str | None) -> str:
    return spoken(code) if code else "–"
