"""What the pages of a mark, of one code over several days and of a week say in each state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from registers.amendments.code_range import RangeSession, RangeState
from registers.amendments.history import MarkPage, MergedMark
from registers.models import Amendment, Mark, Paper
from registers.register.held_marks.lines import HeldLine
from registers.rules.allowed_codes import day_in_words, session_in_words
from registers.rules.codes import AttendanceCode, Half
from registers.rules.tally import Tally
from registers.rules.wording import all_so, first_so, many

Said = SafeString | str


def moment(at: datetime) -> str:
    """Tuesday 24 November 2026, 08:52"""
    local = localtime(at)
    return f"{day_in_words(local.date())}, {local:%H:%M}"


def short_session(on: date, half: int) -> str:
    """Tue 24 Nov, AM"""
    return f"{on:%a} {on.day} {on:%b}, {Half(half).name}"


def person(name: object) -> SafeString:
    return format_html("<bdi>{}</bdi>", name)


# --- a mark

NO_SESSION = SafeString("<strong>no session</strong>; the school did not meet.")
TO_COME = SafeString("<strong>still to come</strong>.")
NOT_MARKED = SafeString("<strong>not marked</strong>, and the register has ended.")
NOT_MARKED_YET = SafeString("<strong>not marked yet</strong>; the register is open.")


def standing(page: MarkPage, *, has_opened: bool, has_ended: bool) -> SafeString:
    """How the half day stands: its mark, or why it has none."""
    session = session_in_words(page.date, Half(page.half))
    if page.mark and page.code:
        late = _after_opening(page.mark.minutes_late)
        return format_html(
            "{}: <strong>{}, {}</strong>{}.", session, page.code.symbol, page.code.meaning, late
        )
    why = first_so(
        (not page.held, NO_SESSION),
        (not has_opened, TO_COME),
        (has_ended, NOT_MARKED),
        otherwise=NOT_MARKED_YET,
    )
    return format_html("{}: {}", session, why)


def _after_opening(minutes: int | None) -> str:
    return "" if minutes is None else f", {many(minutes, 'minute')} after the register opened"


def facts(page: MarkPage, *, may_change: bool, other_url: str) -> list[tuple[str, Said]]:
    """What is known of the half day, term by term."""
    mark = _facts_of_mark(page, page.mark) if page.mark else []
    paper = [("Paper", _paper(page.paper, may_change, page.code))] if page.paper else []
    comment: list[tuple[str, Said]] = [("Comment", person(page.comment))] if page.comment else []
    return [*mark, *paper, *comment, *_register(page), *_other(page, other_url)]


def _facts_of_mark(page: MarkPage, mark: Mark) -> list[tuple[str, Said]]:
    came_in = f"{localtime(page.came_in_at):%H:%M}" if page.came_in_at else ""
    found: list[tuple[str, Said]] = [
        ("Counts as", page.counts_as),
        ("Came in", came_in),
        ("Made", f"{moment(mark.made_at)}, {page.source}"),
        ("From", page.arrival),
        ("By", person(mark.made_by) if mark.made_by else ""),
    ]
    return list(filter(itemgetter(1), found))


def _paper(paper: Paper, may_change: bool, code: AttendanceCode | None) -> Said:
    if not paper.completed_at:
        return f"On the office’s list: {code.paper if code else ''}"
    note = format_html(": <bdi>{}</bdi>", paper.note)
    return format_html("Held{}", note if may_change and paper.note else "")


def _register(page: MarkPage) -> list[tuple[str, Said]]:
    register = page.register
    if register is None or not register.taken_at:
        return []
    entered = format_html(", entered by <bdi>{}</bdi>", register.entered_by)
    words = format_html(
        "{} by <bdi>{}</bdi>{}",
        f"{localtime(register.taken_at):%H:%M}",
        register.taken_by,
        entered if register.entered_by else "",
    )
    return [("Register taken", words)]


def _other(page: MarkPage, url: str) -> list[tuple[str, Said]]:
    """The mark of the day's other half."""
    code = page.other_code
    if code is None:
        return []
    link = format_html('<a href="{}">{}, {}</a>', url, code.symbol, code.meaning)
    return [(Half(1 - page.half).words.capitalize(), link)]


def changes(page: MarkPage) -> str:
    """Beside the heading of the history."""
    if not page.amendments:
        return "never changed"
    return f"{many(len(page.amendments), 'change')}, none of them can be taken out"


def why_no_form(page: MarkPage, *, has_opened: bool, may_change: bool, planned_url: str) -> Said:
    """Where the mark cannot be changed here: whose it is to change."""
    if not page.held:
        return "There is no session here to mark. The calendar says when the school meets."
    if has_opened:
        return (
            "Only the office can change a mark after the fact. Tell them what you know, and they "
            "write down why."
        )
    link = format_html('a <a href="{}">planned absence</a>', planned_url)
    return format_html(
        "No mark lies in the future. What is known beforehand is {}.",
        link if may_change else "for the office to enter as a planned absence",
    )


# --- its history


def minutes_changed(one: Amendment) -> str:
    """How the minutes late were changed; empty where there were none."""
    before, after = one.minutes_before, one.minutes_after
    if before is None:
        return "" if after is None else f"{many(after, 'minute')} late"
    now = "" if after is None else f", {after} now"
    return f"{many(before, 'minute')} late before{now}"


def amended_by(one: Amendment) -> SafeString:
    """When, by whom and in which position, as the regulations ask."""
    return format_html(
        "{}{}, <bdi>{}</bdi>{}",
        "" if one.code_before else "Entered late, ",
        moment(one.at),
        one.by_name,
        f", {one.by_position}" if one.by_position else "",
    )


def merged_mark(one: MergedMark) -> SafeString:
    """A mark of before a merge: how it came to be, when and by whom."""
    source = one.source[:1].upper() + one.source[1:]
    by = format_html(", <bdi>{}</bdi>", one.mark.made_by) if one.mark.made_by else ""
    return format_html("{}, {}{}", source, moment(one.mark.made_at), by)


def merged_change(change: Amendment) -> SafeString:
    at = localtime(change.at)
    return format_html(
        "{} → {}: <bdi>{}</bdi>, {}, <bdi>{}</bdi>",
        *(change.code_before or "–", change.code_after, change.reason),
        *(f"{at.day} {at:%b %Y, %H:%M}", change.by_name),
    )


# --- marks from devices


def held_what(line: HeldLine) -> SafeString:
    """What a device brought, and what became of it."""
    minutes = line.held.minutes_late
    late = "" if minutes is None else f", {many(minutes, 'minute')}"
    left_out = format_html("left out by <bdi>{}</bdi>", line.held.decided_by)
    decided = left_out if line.held.decided_at else "waits for the office"
    return format_html("{}{}, {}", line.code.meaning, late, decided)


def held_how(line: HeldLine) -> SafeString:
    """When and by whom it was made, when it came in, why it is held, when it was left out."""
    decided_at = line.held.decided_at
    return format_html(
        "Made on a device{} by <bdi>{}</bdi>, came in at {}. {}.{}",
        f" at {line.made}" if line.waited else "",
        *(line.held.made_by, line.arrived, line.why),
        f" Left out {moment(decided_at)}." if decided_at else "",
    )


# --- one code over several days


NOT_YET_LOOKED = (
    "One code over several days, up to today. Nothing is written before you have seen what would "
    "change."
)


@dataclass(frozen=True)
class RangePreview:
    """What one code would do to the sessions of a range."""

    lines: Sequence[RangeSession]
    code: AttendanceCode

    def of(self, state: RangeState) -> list[RangeSession]:
        return [line for line in self.lines if line.state is state]


def range_opening(preview: RangePreview) -> SafeString:
    """What would change and what would not, before anything is written."""
    number = {state: len(preview.of(state)) for state in RangeState}
    symbol = preview.code.symbol
    if not number[RangeState.CHANGES]:
        return format_html("<strong>Nothing would change.</strong> {}", _why_nothing(preview))
    kept, same = number[RangeState.KEPT], number[RangeState.SAME]
    refused = many(number[RangeState.REFUSED], "session")
    rest = (
        (kept, f"{many(kept, 'mark stays', 'marks stay')}, since the pupil was in."),
        (same, f"{many(same, 'is', 'are')} {symbol} already."),
        (number[RangeState.REFUSED], f"{refused} cannot have it."),
    )
    changes = many(number[RangeState.CHANGES], "mark")
    return format_html(
        "<strong>{} would change to {}, {}.</strong> {}",
        *(changes, symbol, preview.code.meaning),
        " ".join(all_so(*rest)),
    )


def _why_nothing(preview: RangePreview) -> str:
    symbol = preview.code.symbol
    if not preview.lines:
        return "The school held no session between these days."
    if refused := preview.of(RangeState.REFUSED):
        return f"{many(len(refused), 'session')} cannot have {symbol}."
    if preview.of(RangeState.SAME):
        return f"Every absence there is {symbol} already."
    return "The pupil was in for every session."


def range_paper(code: AttendanceCode, note: str) -> SafeString:
    """What the code needs, and what was written down of it."""
    kept = format_html(" Kept with these marks: “<bdi>{}</bdi>”.", note)
    missing = " Write it down beside the code, or it goes on the list of papers to complete."
    return format_html(
        "<strong>{} needs a paper:</strong> {}.{}",
        code.symbol,
        code.paper,
        kept if note else missing,
    )


UNCHANGED: dict[RangeState, Said] = {
    RangeState.KEPT: SafeString('<span class="muted">stays: was in</span>'),
    RangeState.SAME: SafeString('<span class="muted">so already</span>'),
}


def what_happens(line: RangeSession) -> Said:
    """What becomes of one session, in words."""
    unchanged = UNCHANGED | {RangeState.REFUSED: line.why}
    return unchanged.get(line.state, "" if line.before else "no mark yet")


# --- a week


def week_opening(totals: Tally, *, has_pupils: bool) -> SafeString:
    """How the week of a group went so far."""
    unmarked = totals.unmarked
    if totals.possible:
        possible = many(totals.possible, "session")
        return format_html(
            "<strong>{} of {} attended</strong>{}.",
            *(totals.attended, possible, f", {unmarked} not marked" if unmarked else ""),
        )
    if not has_pupils:
        return SafeString("nobody was in this group.")
    return format_html("no session is marked{}.", f", {unmarked} are due" if unmarked else "")
