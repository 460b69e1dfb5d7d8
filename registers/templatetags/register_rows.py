"""What a row of the register is made of; what is the same in every row is rendered once."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from urllib.parse import quote

from django import template
from django.contrib.messages.storage.base import Message
from django.forms.utils import flatatt
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registers.models import User
from registers.register import wording
from registers.register.lines import PageMode, RegisterColumn, RegisterLine, SaveProblems
from registers.register.page import RegisterSheet, kind_of
from registers.register.rows import DayCodes, RegisterRow
from registers.register.wording import PRESENT, last_ten_words
from registers.rules.codes import CODES, AttendanceCode, Category
from registers.templatetags.session_cell import mark_cell
from registers.web.addresses import mark_url
from registers.web.attributes import those_set
from registers.web.session_cell import shape_of

register = template.Library()
register.simple_tag(last_ten_words)
register.simple_tag(wording.counts)
register.simple_tag(wording.note_below)
register.simple_tag(wording.lost_marks)
for name in (
    "beyond_label",
    "legend",
    "problems_heading",
    "save_label",
    "to_put_right",
    "two_marks",
):
    register.filter(name, getattr(wording, name))
ORDER = list(Category)
NOTHING = SafeString("")
OFF = SafeString('<span class="session-cell is-off" aria-hidden="true">…</span>')


# --- the row


@register.simple_tag
def row_attributes(line: RegisterLine) -> str:
    code = line.chosen
    states = {
        "is-conflict": line.is_conflict,
        "is-refused": bool(line.refused) and not line.is_conflict,
        "is-marked": code is not None,
        "is-absent": code is not None and code.is_absence,
        "is-unmarked": code is None and not line.is_ahead,
        "is-unsaved": line.is_sent,
        "is-paper-row": line.row.lacks_paper,
    }
    is_read = code is not None and not line.editable
    return flatatt(
        {
            "class": " ".join(["pupil-row", *those_set(states)]),
            "id": f"p{line.row.number}",
            "data-kind": kind_of(code) if code and is_read else None,
        }
    )


@register.simple_tag
def face(row: RegisterRow, faces: str) -> SafeString:
    """The pupil's part of the one picture with all photos, whose address is `faces`."""
    if row.face is None:
        return NOTHING
    return format_html(
        '<svg viewBox="0 0 96 96"><image href="{}" y="-{}" width="96" height="{}"/></svg>',
        *(faces, row.face.up, row.face.height),
    )


@register.simple_tag
def name_attributes(row: RegisterRow) -> str:
    return flatatt({"class": "who", "title": row.both_names or None})


@register.filter
def row_name(row: RegisterRow) -> SafeString:
    """The pupil's name, what tells it from another, and the name of the admission register."""
    apart = format_html(' <span class="apart">{}</span>', row.apart)
    both = format_html('<span class="visually-hidden"> ({})</span>', row.both_names)
    return format_html(
        '<b data-name="{}"><bdi>{}</bdi>{}</b>{}',
        *(row.name, row.name, apart if row.apart else "", both if row.both_names else ""),
    )


@register.simple_tag
def last_ten(row: RegisterRow) -> SafeString:
    return SafeString("".join(map(_day_pair, row.days)))


def _day_pair(day: DayCodes) -> SafeString:
    return _day_span("day-pair", day, small_cell(day.am) + small_cell(day.pm))


@register.filter
def day_headings(sheet: RegisterSheet) -> SafeString:
    """The days of the last ten sessions above those of the rows."""
    days = sheet.rows[0].days
    return SafeString("".join(_day_span("cols-day", day, f"{day.on:%a}") for day in days))


def _day_span(kind: str, day: DayCodes, shown: str) -> SafeString:
    apart = " week-break" if day.starts_week else ""
    return format_html('<span class="{}{}">{}</span>', kind, apart, shown)


@register.filter
def list_attributes(column: RegisterColumn) -> str:
    return flatatt({"class": "register-list", "start": column.start})


@register.simple_tag
@lru_cache(maxsize=128)
def small_cell(symbol: str) -> SafeString:
    """A cell of the last ten sessions: drawn for the eye, since the row says it in words."""
    return mark_cell(symbol, size="sm", decorative=True)


# --- its choices


@register.simple_tag
def hidden_fields(line: RegisterLine) -> SafeString:
    """What the row was built from, as it comes back."""
    pk = line.row.enrolment_id
    fields = {f"said-{pk}": line.row.comment, f"clash-{pk}": "1" if line.is_conflict else ""}
    given = filter(all, fields.items())
    return format_html_join(
        "",
        '<input type="hidden" name="{}" value="{}">',
        (("row", pk), (f"was-{pk}", line.was), *given),
    )


@register.simple_tag
def quick_choices(line: RegisterLine) -> SafeString:
    """The codes with a button of their own."""
    return SafeString("".join(_quick_choice(line, code) for code in line.quick))


def _quick_choice(line: RegisterLine, code: AttendanceCode) -> SafeString:
    is_checked = code.symbol == line.shown.code
    return format_html(
        '<label class="seg" title="{meaning}"><input type="radio" name="code-{pk}" value="{symbol}"'
        ' data-kind="{kind}"{checked}><span class="visually-hidden">{meaning}</span>{cell}</label>',
        meaning=code.meaning,
        pk=line.row.enrolment_id,
        symbol=code.symbol,
        kind=kind_of(code),
        checked=SafeString(" checked" if is_checked else ""),
        cell=_cell(code.symbol),
    )


@register.filter
def beyond_cell(line: RegisterLine) -> SafeString:
    """On the three dots: the code that was chosen behind them."""
    return _cell(line.beyond.symbol) if line.beyond else OFF


@lru_cache(maxsize=128)
def _cell(symbol: str) -> SafeString:
    states = {shape_of(CODES[symbol]): True, "has-two": len(symbol) > 1}
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>',
        " ".join(["session-cell", *those_set(states)]),
        symbol,
    )


@register.simple_tag
def details_attributes(line: RegisterLine) -> str:
    """The second line of a row is open at once where something is wrong with it."""
    return flatatt({"class": "seg seg-more", "open": bool(line.refused)})


@register.filter
def not_saved(line: RegisterLine) -> SafeString:
    """Why what was chosen is not saved; nothing beside two marks, which say so themselves."""
    if line.is_conflict or not (line.is_sent or line.refused):
        return NOTHING
    why = line.refused or "Not saved yet."
    error = '<span class="visually-hidden">Error: </span>' if line.refused else ""
    return format_html('<p class="invalid-feedback">{}{}</p>', SafeString(error), why)


@register.simple_tag
def paper_attributes(line: RegisterLine) -> SafeString:
    has_text = " has-text" if line.shown.paper else ""
    return format_html(' class="extra-field extra-paper{}" data-paper-field', has_text)


@register.filter
def papers_held(row: RegisterRow) -> SafeString:
    held = ", ".join(row.papers_held)
    return format_html('<span class="extra-held">Paper held: {}</span>', held) if held else NOTHING


# --- where it leads


@register.simple_tag(takes_context=True)
def row_links(context: Context, line: RegisterLine) -> SafeString:
    """Behind the fields: the pupil has left; how the mark came to be."""
    leave = _leave_url(context, line.row) if context["may_keep"] else ""
    history = _history_url(context, line.row) if context["may_amend"] and line.row.mark else ""
    links = (
        (leave, "Has left the school"),
        (history, "History of this mark"),
    )
    return format_html_join(
        "", '<a class="btn btn-link btn-sm" href="{}">{}</a>', filter(all, links)
    )


def _leave_url(context: Context, row: RegisterRow) -> str:
    request = context["request"]
    kwargs = {
        "urn": request.viewer.school.urn,
        "pupil_id": row.pupil_id,
        "enrolment_id": row.enrolment_id,
    }
    leave = reverse("registers:enrolment_leave", kwargs=kwargs)
    return f"{leave}?next={quote(request.path)}"


def _history_url(context: Context, row: RegisterRow) -> str:
    session = context["sheet"].session
    urn = context["request"].viewer.school.urn
    return mark_url(urn, row.enrolment_id, session.date, session.half)


@register.simple_tag(takes_context=True)
def read_mark(context: Context, line: RegisterLine) -> SafeString:
    """The mark of a row that nobody fills in now; before its time what is planned."""
    row = line.row
    if not line.is_ahead:
        return mark_cell(row.code, row.name, "lg", url=_history_url(context, row))
    if row.planned:
        return mark_cell(row.planned.code_id, "Planned", "lg", planned=True)
    return format_html('<span class="muted small">{}</span>', row.code)


# --- around the rows


@register.simple_tag
def columns_attributes(sheet: RegisterSheet, mode: PageMode) -> str:
    states = {
        "has-other": sheet.shows_morning,
        "is-late": mode is PageMode.LATE,
        "is-read": not mode.is_form,
    }
    return flatatt({"class": " ".join(["register-columns", *those_set(states)])})


@register.filter
def sync_class(message: Message) -> str:
    """Said where the page says what is saved; other than good news stands out."""
    return " ".join(["sync", *those_set({"sync-saving": message.level_tag != "success"})])


@register.simple_tag
def choice_class(problems: SaveProblems) -> str:
    """Where two marks are to choose from, and nothing is wrong."""
    return "" if problems.refused else " is-choice"


@register.simple_tag
def reason_attributes(problems: SaveProblems) -> str:
    lacks_reason = bool(problems.whole and not problems.reason)
    return flatatt({"class": " ".join(["field", *those_set({"has-error": lacks_reason})])})


@register.simple_tag
def staff_options(staff: Iterable[User], chosen: str) -> SafeString:
    """Who took the register on paper."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((one.pk, SafeString(" selected" if str(one.pk) == chosen else ""), one) for one in staff),
    )


@register.simple_tag
@lru_cache(maxsize=512)
def code_options(symbols: tuple[str, ...], chosen: str, held: tuple[str, ...] = ()) -> SafeString:
    """The options of a list of codes, under their categories. What a code needs stands beside it,
    unless it is one of those whose paper is held.
    """
    codes = [CODES[symbol] for symbol in symbols]
    if chosen in CODES and chosen not in symbols and chosen not in PRESENT | {"N", "L"}:
        codes.append(CODES[chosen])
    order = sorted(codes, key=lambda code: ORDER.index(code.category))
    return format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        (
            (category.value.capitalize(), format_html_join("", "{}", _options(found, chosen, held)))
            for category, found in groupby(order, key=attrgetter("category"))
        ),
    )


def _options(
    codes: Iterable[AttendanceCode], chosen: str, held: tuple[str, ...]
) -> list[tuple[SafeString]]:
    return [
        (
            format_html(
                '<option value="{}" data-kind="{}" data-shape="{}"{}{}>{} {}</option>',
                code.symbol,
                kind_of(code),
                shape_of(code),
                _paper(code, held),
                SafeString(" selected") if code.symbol == chosen else "",
                code.symbol,
                code.meaning,
            ),
        )
        for code in codes
    ]


def _paper(code: AttendanceCode, held: tuple[str, ...]) -> SafeString:
    if not code.paper:
        return SafeString("")
    if code.symbol in held:
        return SafeString(" data-paper-held")
    return format_html(' data-paper="{}"', code.paper)


@register.simple_tag
@lru_cache(maxsize=128)
def papers_in_words(symbols: tuple[str, ...]) -> SafeString:
    """Which of these codes need what: "K: the nature of the education"."""
    return format_html_join(
        " ",
        '<span data-code="{}"><b>{}</b> {}.</span>',
        ((symbol, symbol, CODES[symbol].paper) for symbol in symbols),
    )
