"""What the office's morning says: the answer in a sentence, each list, each child, each try."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from registers.models import FollowUp, School
from registers.office.morning.calling import Call
from registers.office.morning.queries import LateRegister, Morning
from registers.office.morning.settling import Settling
from registers.rules.codes import CODES, Half
from registers.rules.wording import many, plural

TAG = '<span class="{}">{}</span>'


def at_time(moment: datetime) -> str:
    """08:45"""
    return f"{localtime(moment):%H:%M}"


def short_date(on: date) -> str:
    """Tue 24 Nov"""
    return f"{on:%a} {on.day} {on:%b}"


def day_links(morning: Morning, path: str) -> list[SafeString]:
    """To the school days before and after, and to today; each with what it is."""
    if morning.is_today:
        return _steps(morning.previous_day, "prev", "before")
    today = format_html('<a href="{}">Today</a>', path)
    before = _steps(morning.previous_day, "prev", "before")
    return [*before, today, *_steps(morning.next_day, "next", "after")]


def _steps(on: date | None, rel: str, where: str) -> list[SafeString]:
    if on is None:
        return []
    words = format_html('<span class="visually-hidden">, the school day {}</span>', where)
    return [
        format_html('<a rel="{}" href="?date={}">{}{}</a>', rel, str(on), short_date(on), words)
    ]


# --- the day in a sentence


def opening(morning: Morning, school: School) -> SafeString:
    """Whether the school meets, how far the registers are, and what weighs most."""
    closed: SafeString | str = ""
    if morning.closed:
        closed = format_html("<strong>Closed: {}.</strong> ", morning.closed_said)
    return format_html("{}{}", closed, _no_register_due(morning) or _registers(morning, school))


def _no_register_due(morning: Morning) -> str:
    """Why nothing is asked of anybody yet; empty where registers are due."""
    if not morning.held:
        if morning.closed:
            return "No register is taken."
        return "The school holds no session on this day."
    if not morning.begun:
        return f"The morning register opens at {at_time(morning.opens_first)}."
    if not morning.registers_due:
        return "No register is due: no registration group has a pupil on this day."
    return ""


def _registers(morning: Morning, school: School) -> SafeString:
    due = morning.registers_due
    sentences = (
        f"{morning.registers_in:,} of {many(due, 'register')} {plural(due, 'is', 'are')} in.",
        _not_accounted_for(morning),
        _unseen(morning),
        _came_in_late(morning, school),
        _overdue(morning),
    )
    return format_html_join(" ", "{}", ((one,) for one in sentences if one))


def _not_accounted_for(morning: Morning) -> SafeString | str:
    if not morning.calls:
        return "" if morning.unseen else SafeString("<strong>Every absence has a reason.</strong>")
    children = many(len(morning.calls), "child is", "children are")
    if not morning.first_calls:
        return format_html("<strong>{} not accounted for.</strong>", children)
    return format_html(
        "<strong>{} not accounted for;</strong> {} of them must be rung first.",
        *(children, morning.first_calls),
    )


def _unseen(morning: Morning) -> SafeString | str:
    if not morning.unseen:
        return ""
    return format_html(
        "<strong>{} no mark,</strong> since nobody took {}.",
        many(morning.unseen, "child has", "children have"),
        plural(len(morning.not_taken), "the register", "their registers"),
    )


def _came_in_late(morning: Morning, school: School) -> SafeString | str:
    """Marks that wait to be accepted may be those of children on the list."""
    waiting = morning.sheet.held_marks
    if not waiting or not (morning.calls or morning.unseen):
        return ""
    return format_html(
        '<a href="{}">{} came in late</a>: look at {} before you ring.',
        reverse("registers:held", args=[school.urn]),
        *(many(waiting, "mark"), plural(waiting, "it", "them")),
    )


def _overdue(morning: Morning) -> str:
    if not morning.overdue:
        return ""
    pupils = many(morning.overdue, "pupil has an absence", "pupils have absences")
    return f"{pupils} without a reason beyond the five school days."


# --- beside and below the headings


def calls_note(morning: Morning) -> str:
    if morning.calls:
        return "most vulnerable first, then longest without a reason, then most missed"
    return "nobody to ring"


def no_calls(morning: Morning) -> str:
    """In place of the list of children to ring."""
    if morning.unseen:
        has = plural(morning.unseen, "has", "have")
        return (
            f"Registers first: {many(morning.unseen, 'child', 'children')} of registers that "
            f"nobody took {has} no mark. Whoever is away comes onto this list when the register "
            "is in."
        )
    if not morning.begun:
        return "The list fills as registers come in."
    return "Every absence of this day has a reason."


def settling_note(morning: Morning) -> str:
    if not morning.settling:
        return "none"
    return f"{many(morning.marks_to_settle, 'mark')} of N; five school days each"


def registers_note(morning: Morning) -> str:
    if morning.registers:
        return f"{len(morning.registers)} of {morning.registers_due}"
    if morning.begun:
        return f"all {morning.registers_due} are in"
    return "none is due yet"


def held_marks(morning: Morning) -> str:
    groups = morning.sheet.held_groups
    of = groups[0] if len(groups) == 1 else f"{len(groups)} groups"
    return f"{many(morning.sheet.held_marks, 'mark')} of {of} came in late"


# --- a register that is not in


def takers(late: LateRegister) -> SafeString | str:
    """Whose register it is."""
    if not late.group.takers:
        return "no tutor named"
    covers = " covers" if late.group.is_covered else ""
    return format_html("<bdi>{}</bdi>{}", late.group.takers, covers)


def how_far(late: LateRegister) -> SafeString:
    """How far a register is that is not in."""
    half = Half(late.half).words.capitalize()
    return format_html("{}: {}", half, _taken(late) if late.taken else _not_taken(late))


def _taken(late: LateRegister) -> SafeString:
    marked, ends = f"{late.marked} of {late.due} marked", at_time(late.ends_at)
    if not late.ended:
        return format_html("{}, open until {}", marked, ends)
    blanks = many(late.blanks, "blank")
    return format_html("{}, ended at {} with <strong>{}</strong>", marked, ends, blanks)


def _not_taken(late: LateRegister) -> SafeString:
    opens = at_time(late.opens_at)
    if not late.ended:
        return format_html("not opened yet, due since {}", opens)
    planned = f"; {late.marked} of {late.due} planned" if late.marked else ""
    return format_html("<strong>not taken</strong>, due since {}{}", opens, planned)


# --- a child to ring, and a reason that is still open


def why_ring(call: Call) -> SafeString:
    """How long nobody has known why, how much was missed, and what was tried before."""
    first: SafeString | str = "First day without a reason."
    if call.day > 1:
        first = format_html("<strong>School day {} without a reason.</strong>", call.day)
    missed = tries = ""
    if call.possible:
        missed = f" Missed {call.missed} of {many(call.possible, 'session')} this year."
    if call.tried_before:
        tries = f" {many(call.tried_before, 'try', 'tries')} on earlier days."
    return format_html("{}{}{}", first, missed, tries)


def days_left(row: Settling) -> SafeString:
    """The school days that are left to settle a reason, as a tag."""
    return format_html(TAG, *_days_left(row))


def _days_left(row: Settling) -> tuple[str, str]:
    if row.left is None:
        return "tag", "Calendar ends"
    if row.is_over:
        return "tag tag-solid", f"Over by {many(row.overdue_by, 'day')}"
    if row.left == 0:
        return "tag tag-bad", "Today: 0 left"
    return "tag tag-warn" if row.left == 1 else "tag", f"{row.left} left"


def open_sessions(row: Settling) -> SafeString:
    """The sessions whose reason is open, a day to a line: Tue 24 Nov, AM PM."""
    lines = (
        (f"{short_date(day)}, {' '.join(Half(half).name for half in halves)}",)
        for day, halves in row.days
    )
    return format_html_join(SafeString("<br>"), '<span class="nowrap">{}</span>', lines)


def channels(row: Settling) -> SafeString | str:
    """How often each way was tried: 2 × telephone, 1 × e-mail."""
    if not row.tried:
        return format_html(TAG, "muted", "nothing yet")
    return ", ".join(f"{number} × {channel.lower()}" for channel, number in row.tried)


def what_was_tried(tried: FollowUp, *, with_day: bool = False) -> SafeString:
    """How, whom, what came of it and who wrote it down; the day where it was for another one."""
    person = note = other_day = ""
    if tried.person:
        person = format_html(", <bdi>{}</bdi>", tried.person.name)
    if tried.note:
        note = format_html(". <bdi>{}</bdi>", tried.note)
    if with_day and tried.date != localtime(tried.made_at).date():
        other_day = f", for {short_date(tried.date)}"
    return format_html(
        '{}{}: <strong>{}</strong>{} <span class="muted">(<bdi>{}</bdi>{})</span>',
        *(tried.get_channel_display(), person, tried.get_outcome_display().lower(), note),
        *(tried.made_by, other_day),
    )


# --- the page of one child


def call_lede(sessions: int, on: date) -> SafeString:
    day = f"{on:%A} {on.day} {on:%B %Y}"
    if not sessions:
        return format_html(
            "Every absence up to now has a reason. What you write here is kept for {}.", day
        )
    number = many(sessions, "session is", "sessions are")
    return format_html("{} without a reason; this is about <strong>{}</strong>.", number, day)


def written_down(name: str, symbol: str, sessions: int, advice: list[str]) -> str:
    """What came of a call: only a try, or marks that are settled."""
    if not symbol:
        return f"{name}: written down."
    code = CODES[symbol]
    settled = f"{name}: {code.symbol}, {code.meaning}, for {many(sessions, 'session')}."
    return " ".join([settled, *advice])
