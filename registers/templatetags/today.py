"""What the page of a day says of each register."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registers.models import User
from registers.office.today import wording
from registers.office.today.queries import RegisterOfDay

register = template.Library()
register.filter("marked_so_far", wording.marked_so_far)
register.filter("take_label", wording.take_label)
register.filter("tutors_in_a_row", wording.tutors_in_a_row)
register.filter("taken_by", wording.taken_by)

DASH = SafeString('<span class="muted">–</span>')


@register.filter
def how_it_stands(one: RegisterOfDay, viewer: User) -> SafeString:
    return wording.how_it_stands(one, viewer)


@register.filter
def open_label(one: RegisterOfDay, now: datetime) -> str:
    return wording.open_label(one, now)


@register.filter
def figures(one: RegisterOfDay) -> list[tuple[str, int | None]]:
    """The columns of a register; None where there is nothing to count yet."""
    marks = one.marks if one.marks.marked else None
    return [
        *((name.capitalize(), getattr(marks, name, None)) for name in ("here", "absent", "late")),
        ("Planned", one.planned or None),
    ]


@register.simple_tag
def figure_or_dash(figure: int | None) -> SafeString:
    return DASH if figure is None else format_html("{}", figure)


@register.filter
def time_or_dash(moment: datetime | None) -> SafeString:
    return format_html("{}", wording.at_time(moment)) if moment else DASH
