"""What the pages of a mark, of one code over several days and of a week draw."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registers.amendments import wording
from registers.amendments.code_range import RangeSession, RangeState
from registers.amendments.history import HalfDayNear
from registers.amendments.week import GridCell, GridColumn, GridRow
from registers.models import Amendment
from registers.register.held_marks.lines import HeldLine
from registers.rules.codes import AttendanceCode, Half
from registers.rules.wording import all_so
from registers.templatetags.session_cell import grid_mark_cell, mark_cell, session_cell
from registers.web.addresses import address_from, mark_url
from registers.web.attributes import Attributes, classes, those_set

register = template.Library()
register.simple_tag(wording.range_paper)
for name in (
    "amended_by",
    "changes",
    "held_how",
    "held_what",
    "merged_change",
    "merged_mark",
    "what_happens",
):
    register.filter(name, getattr(wording, name))
NOTHING = SafeString("")
STEPS = {"prev": ", the session before", "next": ", the session after"}


@register.filter
def half_words(half: int) -> str:
    return Half(half).words


@register.filter
def plain_group(name: str | None) -> SafeString:
    """Behind the pupil's name."""
    return format_html(' <span class="muted plain-weight">{}</span>', name) if name else NOTHING


@register.simple_tag(takes_context=True)
def mark_crumb(context: Context) -> SafeString:
    """Back where one came from; else to the week of the pupil's group."""
    page = context["page"]
    if context["next"]:
        return format_html('<a class="crumb" href="{}">Back</a>', context["next"])
    if not page.group_id:
        return NOTHING
    urn = context["request"].viewer.school.urn
    week = reverse("registers:grid", args=[urn, page.group_id, page.date])
    group = page.enrolment.group_name
    return format_html('<a class="crumb" href="{}">{}, the week</a>', week, group)


@register.simple_tag(takes_context=True)
def session_step(context: Context, rel: str, near: HalfDayNear | None) -> SafeString:
    """To the session before or after, keeping where one came from."""
    if near is None:
        return NOTHING
    urn, enrolment = context["request"].viewer.school.urn, context["page"].enrolment
    url = reverse("registers:mark", args=[urn, enrolment.pk, near.date, Half(near.half)])
    back = f"?next={quote(context['next'])}" if context["next"] else ""
    return format_html(
        '<a rel="{}" href="{}{}">{}<span class="visually-hidden">{}</span></a>',
        *(rel, url, back, wording.short_session(near.date, near.half), STEPS[rel]),
    )


@register.simple_tag(takes_context=True)
def held_marks_link(context: Context) -> SafeString:
    """To all that wait, for those who decide."""
    if not context["may_change"]:
        return NOTHING
    held = reverse("registers:held", args=[context["request"].viewer.school.urn])
    return format_html('<span class="push"><a href="{}">Marks that came in late</a></span>', held)


@register.simple_tag
def large_cell(code: AttendanceCode | None) -> SafeString:
    return session_cell(code, "lg") if code else mark_cell("", "", "lg")


@register.filter
def held_beside(line: HeldLine) -> SafeString:
    """What came with the mark."""
    comment = format_html("<q><bdi>{}</bdi></q>", line.held.comment)
    paper = format_html("Paper: <bdi>{}</bdi>", line.held.paper)
    given = all_so((line.held.comment, comment), (line.held.paper, paper))
    return format_html_join(" ", '<p class="sub">{}</p>', ((words,) for words in given))


@register.filter
def minutes_changed(amendment: Amendment) -> SafeString:
    words = wording.minutes_changed(amendment)
    return format_html('<p class="sub">{}</p>', words) if words else NOTHING


# --- one code over several days

CHOSEN = ("code", "first_on", "first_half", "last_on", "last_half", "which", "reason", "paper")


@register.simple_tag(takes_context=True)
def hidden_choices(context: Context) -> SafeString:
    """What was chosen and shown, so that exactly this is written."""
    chosen = ((name, context["chosen"][name]) for name in CHOSEN)
    fields = (("next", context["next"]), *chosen, ("as_seen", context["as_seen"]))
    return format_html_join(" ", '<input type="hidden" name="{}" value="{}">', fields)


@register.filter
def range_session(line: RangeSession) -> str:
    """Tue 24 Nov 2026, AM"""
    on = line.session.date
    return f"{on:%a} {on.day} {on:%b %Y}, {Half(line.session.half).name}"


@register.filter
def becomes(line: RangeSession) -> SafeString:
    """The mark after the change; a dash where it stays."""
    if line.state is RangeState.CHANGES:
        return mark_cell(line.after, "Then")
    return SafeString('<span class="muted">–</span>')


# --- a week


@register.filter
def school_week(number: int | None) -> str:
    return f", school week {number}" if number else ""


@register.simple_tag(takes_context=True)
def week_steps(context: Context) -> SafeString:
    """To the school week before, to this one, and to the one after."""
    around, urn, group = context["around"], context["request"].viewer.school.urn, context["group"]
    this_week = None if context["is_this_week"] else context["this_week"]
    steps = (
        (' rel="prev"', "Week before", around.previous),
        ("", "This week", this_week),
        (' rel="next"', "Week after", around.following),
    )
    return format_html_join(
        " ",
        '<a{} href="{}">{}{}</a>',
        (
            (
                SafeString(rel),
                reverse("registers:grid", args=[urn, group.pk, monday]),
                words,
                _from_day(monday) if rel else "",
            )
            for rel, words, monday in steps
            if monday
        ),
    )


def _from_day(monday: date) -> SafeString:
    words = f", from {monday.day} {monday:%B}"
    return format_html('<span class="visually-hidden">{}</span>', words)


# --- the cells of the grid


@register.simple_tag
def grid_cell(cell: GridCell, urn: str) -> SafeString:
    """By itself, wherever it goes: its address is whole."""
    return _grid_cell(cell, mark_url(urn, cell.enrolment_id, cell.date, cell.half))


def _grid_cell(cell: GridCell, url: str) -> SafeString:
    when = f"{cell.date:%a} {cell.date.day} {cell.date:%b}, {cell.half.words}"
    return grid_mark_cell(
        cell.symbol,
        f"{cell.name}, {when}",
        url=url,
        planned=cell.is_planned,
        amended=cell.is_amended,
        future=cell.is_future,
        data=_for_the_keyboard(cell) if cell.may_change else {"data-fixed": cell.is_future},
    )


def _for_the_keyboard(cell: GridCell) -> Attributes:
    """What the editor of the grid needs of a cell and cannot read off the table: a mark that was
    never changed is the first, and where there is none nothing was seen."""
    is_as_first_made = cell.seen == int(cell.is_marked)
    minutes = None if cell.minutes is None else str(cell.minutes)
    return {"data-seen": None if is_as_first_made else str(cell.seen), "data-minutes": minutes}


NOT_DUE = SafeString('<span class="is-closed" role="img" aria-label="no session due"></span>')


@register.simple_tag(takes_context=True)
def week_cells(context: Context, row: GridRow) -> SafeString:
    """The half days of a pupil; a closed cell where no session is due."""
    request = context["request"]
    urn, page = request.viewer.school.urn, request.path
    cells = ((_week_cell(cell, urn, page) if cell.is_shown else NOT_DUE,) for cell in row.cells)
    return format_html_join("", "<td>{}</td>", cells)


def _week_cell(cell: GridCell, urn: str, page: str) -> SafeString:
    url = mark_url(urn, cell.enrolment_id, cell.date, cell.half)
    return _grid_cell(cell, address_from(page, url))


@register.simple_tag
def attended_cells(columns: Iterable[GridColumn]) -> SafeString:
    """How many of the group attended, below each session that was held."""
    figures = ((column.totals.attended if column.is_held else "",) for column in columns)
    return format_html_join("", "<td>{}</td>", figures)


@register.simple_tag
def day_headings(days: Iterable[GridColumn]) -> SafeString:
    return format_html_join(
        "",
        '<th scope="colgroup" colspan="2" class="{}">{}</th>',
        (
            (
                _today("grid-day", day),
                f"{day.date:%a} {day.date.day} {day.date:%b}",
            )
            for day in days
        ),
    )


@register.simple_tag
def half_headings(columns: Iterable[GridColumn]) -> SafeString:
    return format_html_join(
        "",
        '<th scope="col" class="{}"><span class="visually-hidden">{} </span>{}</th>',
        ((_today("grid-half", one), f"{one.date:%A}", one.half.name) for one in columns),
    )


def _today(kind: str, column: GridColumn) -> str:
    return classes(kind, *those_set({"is-today": column.is_today}))
