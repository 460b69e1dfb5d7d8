"""How a day and a half of it stand in an address (`2026-11-24`, `am`), and addresses that pages of
several packages lead to."""

import posixpath
from datetime import date

from django.urls import NoReverseMatch, register_converter, reverse

from registers.rules.codes import Half
from registers.web.parameters import is_of_our_time


def mark_url(urn: str, enrolment_id: int, on: date, half: int) -> str:
    """Where a mark and its history are; empty for a day that no address can name."""
    kwargs = {"urn": urn, "enrolment_id": enrolment_id, "date": on, "half": Half(half)}
    try:
        return reverse("registers:mark", kwargs=kwargs)
    except NoReverseMatch:
        return ""


def address_from(page: str, address: str) -> str:
    """The address as the page at this path may shorten it: `../../marks/…`. Both end in a slash."""
    return f"{posixpath.relpath(address, page)}/"


class DayConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError for a day that the calendar does not have, or that is far from every
        school year: then no address matches."""
        on = date.fromisoformat(value)
        if not is_of_our_time(on):
            raise ValueError(f"{value} is far from every school year")
        return on

    def to_url(self, value: date | str) -> str:
        return str(value)


class HalfConverter:
    regex = "am|pm"

    def to_python(self, value: str) -> Half:
        return Half[value.upper()]

    def to_url(self, value: Half | int | str) -> str:
        return value if isinstance(value, str) else Half(value).name.lower()


register_converter(DayConverter, "day")
register_converter(HalfConverter, "half")
