"""What the page of a day says: the day in a sentence, how each register stands, empty pages."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from registers.models import Cover, User
from registers.office.today.queries import Day, RegisterOfDay
from registers.office.today.sessions import SessionPart
from registers.rules.allowed_codes import day_in_words
from registers.rules.clock import RegisterState
from registers.rules.codes import Half
from registers.rules.wording import many, plural

NO_GROUP_OF_YOURS = (
    "Your groups stand in your appointment, which the school’s administrator keeps. The office "
    "can give you another group’s registers for a day, as cover."
)
NO_GROUP_YET = (
    "Registers are taken for registration groups. They come with the import of the school’s "
    "files, or are made under Set-up."
)
NO_SESSION_TO_COME = (
    "The school’s calendar holds no session after that day. It is kept under Set-up."
)


@dataclass(frozen=True, slots=True)
class NothingToShow:
    """Why a day has no register here, and the day to look at instead."""

    heading: str
    words: str
    day: date | None = None


def at_time(moment: datetime) -> str:
    """8:45"""
    local = localtime(moment)
    return f"{local.hour}:{local:%M}"


def day_and_month(on: date) -> str:
    """Friday 20 November"""
    return f"{on:%A} {on.day} {on:%B}"


def title(on: date, *, is_today: bool) -> str:
    return "Today" if is_today else day_and_month(on)


def nobody_away(*, is_today: bool) -> str:
    when = "today" if is_today else "on that day"
    return f"Nobody of your groups has a planned absence {when}."


def other_days(day: Day) -> list[tuple[str, date]]:
    """The school days before and after it, each with what its button says."""
    after = day.next_session.date if day.next_session else None
    days = (("Before", day.previous_on), ("After", after))
    return [(f"{words}: {day_and_month(on)}", on) for words, on in days if on]


# --- the day in a sentence


def opening(
    day: Day,
    parts: Iterable[SessionPart],
    *,
    is_today: bool,
    is_teacher: bool,
    first: RegisterOfDay | None,
) -> SafeString | str:
    """What weighs most on this day for this person."""
    when = "today" if is_today else "on this day"
    if not day.sessions:
        return f"The school does not meet {when}."
    if not day.registers:
        return no_registers(when, is_teacher=is_teacher)
    if is_teacher and first:
        return register_to_take(first)
    with_registers = filter(attrgetter("registers"), parts)
    return format_html_join(" ", "{}", ((session_summary(part),) for part in with_registers))


def no_registers(when: str, *, is_teacher: bool) -> str:
    """Of a day on which the school meets."""
    return f"No register is yours {when}." if is_teacher else "There are no registers to take yet."


def register_to_take(one: RegisterOfDay) -> SafeString:
    """The teacher's register of now: complete, not begun, or what is missing."""
    pupils = many(one.pupils, "pupil")
    if not one.blanks:
        return format_html("<strong>{} is complete.</strong> All {} are marked.", one.group, pupils)
    missing = f"{one.blanks} of {pupils} {plural(one.blanks, 'is', 'are')} not marked."
    if not one.marks.marked:
        missing = f"None of {pupils} is marked yet."
    return format_html(
        "<strong>{}’s {} register is open.</strong> {}", one.group, one.half.words, missing
    )


def session_summary(part: SessionPart) -> SafeString:
    """A session of the day in a sentence: its name, what weighs most, and the rest."""
    name, first = part.half.words.capitalize(), part.registers[0]
    number = len(part.registers)
    if part.all_are(RegisterState.CLOSED):
        return format_html("{}: closed ({}).", name, first.closed_because)
    if part.all_are(RegisterState.NOT_YET, RegisterState.NO_PUPILS):
        opens = plural(number, "the register opens", f"{number} registers open")
        return format_html("{}: {} at {}.", name, opens, at_time(first.window.opens_at))
    if part.waiting:
        return _waiting(name, part)
    taken = plural(number, "the register is in", f"all {number} registers are in")
    return format_html("{}: {}.", name, taken)


def _waiting(name: str, part: SessionPart) -> SafeString:
    registers, waiting = many(len(part.registers), "register"), len(part.waiting)
    return format_html(
        "{}: <strong>{} of {} {} for somebody</strong>, with {} not marked.",
        *(name, waiting, registers, plural(waiting, "waits", "wait")),
        many(part.blanks, "pupil"),
    )


# --- one register


def marked_so_far(one: RegisterOfDay) -> SafeString | str:
    """Below the register of now: all, some, or whom a plan has away."""
    if not one.blanks:
        return SafeString("<strong>All are marked.</strong>")
    if one.marks.marked:
        verb = plural(one.marks.marked, "is", "are")
        return format_html("<strong>{} {} marked already.</strong>", one.marks.marked, verb)
    if one.planned:
        return format_html("<strong>{} planned to be away.</strong>", one.planned)
    return ""


def take_label(one: RegisterOfDay) -> str:
    """On the large button."""
    if not one.blanks:
        return "Look at the register"
    return "Go on with the register" if one.marks.marked else "Take the register"


def open_label(one: RegisterOfDay, now: datetime) -> str:
    """On the button beside a register of the list."""
    if one.state is RegisterState.NOT_YET:
        return "Look ahead"
    return "Open" if one.window.is_open(now) else "Look"


def how_it_stands(one: RegisterOfDay, viewer: User) -> SafeString:
    """A register in a sentence by its state, and who covers."""
    covers = [(_cover(cover, viewer),) for cover in one.covers]
    return format_html("{}{}", SENTENCES[one.state](one), format_html_join("", " {}", covers))


def _cover(cover: Cover, viewer: User) -> SafeString:
    if cover.user != viewer:
        return format_html("Cover: <bdi>{}</bdi>.", cover.user)
    given = localtime(cover.given_at)
    on = f" on {given.day} {given:%B}" if given.date() != cover.date else ""
    return format_html("Given to you by <bdi>{}</bdi> at {}{}.", cover.given_by, at_time(given), on)


def _closed(one: RegisterOfDay) -> str:
    return f"Closed: {one.closed_because}."


def _no_pupils(one: RegisterOfDay) -> str:
    return "Nobody is in this group."


def _not_yet(one: RegisterOfDay) -> str:
    opens = at_time(one.window.opens_at)
    return f"Opens at {opens}. {many(one.pupils, 'pupil')}{_planned(one)}."


def _open(one: RegisterOfDay) -> str:
    opens, ends = at_time(one.window.opens_at), at_time(one.window.ends_at)
    return f"{opens} to {ends}. {one.marks.marked} of {one.pupils} marked{_planned(one)}."


def _planned(one: RegisterOfDay) -> str:
    return f", {one.planned} planned to be away" if one.planned else ""


def _incomplete(one: RegisterOfDay) -> str:
    taken_at = one.register.taken_at
    taken = f"Taken at {at_time(taken_at)}. " if taken_at else ""
    return f"{taken}{one.blanks} of {one.pupils} not marked."


def _blanks(one: RegisterOfDay) -> str:
    ended = at_time(one.window.ends_at)
    return f"Ended at {ended} with {one.blanks} of {one.pupils} not marked."


def _not_taken(one: RegisterOfDay) -> str:
    ended = at_time(one.window.ends_at)
    return f"Ended at {ended}, and nobody took it. {one.blanks} of {one.pupils} not marked."


def _taken(one: RegisterOfDay) -> SafeString:
    figures = ((one.marks.absent, "absent"), (one.marks.late, "late"))
    away = "".join(f", {number} {word}" for number, word in figures if number)
    return format_html("{}{} of {} here{}.", _taker(one), one.marks.here, one.pupils, away)


def _taker(one: RegisterOfDay) -> SafeString | str:
    register = one.register
    if not register.taken_at:
        return ""
    if register.entered_by:
        return format_html("Taken on paper by <bdi>{}</bdi>. ", register.taken_by)
    at = at_time(register.taken_at)
    return format_html("Taken at {} by <bdi>{}</bdi>. ", at, register.taken_by)


SENTENCES: dict[RegisterState, Callable[[RegisterOfDay], SafeString | str]] = {
    RegisterState.CLOSED: _closed,
    RegisterState.NO_PUPILS: _no_pupils,
    RegisterState.NOT_YET: _not_yet,
    RegisterState.DUE: _open,
    RegisterState.OPEN: _open,
    RegisterState.OVERDUE: _open,
    RegisterState.INCOMPLETE: _incomplete,
    RegisterState.BLANKS: _blanks,
    RegisterState.NOT_TAKEN: _not_taken,
    RegisterState.TAKEN: _taken,
    RegisterState.ENDED: _taken,
}


# --- days without a register


def nothing_to_show(day: Day, *, is_today: bool, is_teacher: bool) -> NothingToShow | None:
    """None where the day has registers for this person."""
    if not day.sessions:
        return _no_session(day)
    if day.registers:
        return None
    if is_teacher:
        when = "today" if is_today else "on that day"
        return NothingToShow(f"No register is yours {when}", NO_GROUP_OF_YOURS)
    return NothingToShow("No registration groups yet", NO_GROUP_YET)


def _no_session(day: Day) -> NothingToShow:
    heading, following = f"No session on {day_and_month(day.on)}", day.next_session
    if following is None:
        return NothingToShow(heading, NO_SESSION_TO_COME)
    half = Half(following.half).words
    words = f"The next one is on {day_in_words(following.date)}, in the {half}."
    return NothingToShow(heading, words, following.date)


def taken_by(one: RegisterOfDay) -> SafeString | str:
    """When a register was taken and by whom, in the office's list."""
    register = one.register
    if not register.taken_at:
        return ""
    paper = SafeString(' <span class="sub">on paper</span>') if register.entered_by else ""
    at = at_time(register.taken_at)
    return format_html("{}, <bdi>{}</bdi>{}", at, register.taken_by, paper)


def tutors_in_a_row(tutors: Sequence[str]) -> SafeString:
    return format_html_join(", ", "<bdi>{}</bdi>", ((tutor,) for tutor in tutors))
