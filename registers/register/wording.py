"""What the page of a class register says: how it stands, its counts, what stood in the way."""

from collections.abc import Sequence
from datetime import datetime
from itertools import product

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from registers.register.actions.answers import SaveAnswer
from registers.register.lines import PageMode, RegisterLine, SaveProblems
from registers.register.page import RegisterCounts, RegisterSheet
from registers.register.rows import RegisterRow, RowNote
from registers.rules.clock import LEFT_OVER, RegisterState
from registers.rules.codes import CODES, Half
from registers.rules.wording import all_so, clock_time, day_and_month, many, plural


def at_time(moment: datetime | None) -> str:
    """8:45; nothing without a time."""
    return clock_time(timezone.localtime(moment)) if moment else ""


# --- how it stands


def standing(
    sheet: RegisterSheet, mode: PageMode, state: RegisterState, *, is_today: bool
) -> SafeString:
    """How the register stands, beside its name: closed, to come, being taken, over."""
    if sheet.closed_because:
        return _tag(f"Closed: {sheet.closed_because}", "tag-quiet")
    if mode is PageMode.AHEAD:
        day = "" if is_today else f"on {day_and_month(sheet.session.date)} "
        return _tag(f"Opens {day}at {at_time(sheet.window.opens_at)}", "tag-quiet")
    if mode is PageMode.TAKE:
        return _begun(sheet) if sheet.taken_by else SafeString("")
    return _over(sheet, state)


def _tag(words: str, kind: str = "") -> SafeString:
    return format_html('<span class="{}">{}</span>', " ".join(filter(None, ("tag", kind))), words)


def _begun(sheet: RegisterSheet) -> SafeString:
    return format_html(
        '<span class="small muted">{} by <bdi>{}</bdi>{} at {}</span>',
        "Begun" if sheet.counted.blanks else "Taken",
        sheet.taken_by,
        ", on paper" if sheet.entered_by else "",
        at_time(sheet.register.taken_at),
    )


def _over(sheet: RegisterSheet, state: RegisterState) -> SafeString:
    is_left_over = state in LEFT_OVER
    return format_html(
        '{} <span class="small muted">{}Ended at {}</span>',
        _tag(state.value, "tag-bad") if is_left_over else _tag("Ended"),
        _taken(sheet),
        at_time(sheet.window.ends_at),
    )


def _taken(sheet: RegisterSheet) -> SafeString:
    if not sheet.taken_by:
        return SafeString("")
    if sheet.entered_by:
        return format_html(
            "Taken on paper by <bdi>{}</bdi>, typed in by <bdi>{}</bdi>. ",
            *(sheet.taken_by, sheet.entered_by),
        )
    at = at_time(sheet.register.taken_at)
    return format_html("Taken by <bdi>{}</bdi> at {}. ", sheet.taken_by, at)


# --- its counts: each number has a name, since the page's script counts on

PARTS: tuple[tuple[str, str, bool], ...] = (  # field, words behind it, whether it shows at nought
    ("here", "{} here", True),
    ("away", ", {} elsewhere", False),
    ("absent", ", {} absent", True),
    ("not_due", ", {} not due", False),
    ("blanks", ", <strong>{} not marked</strong>", False),
)


def counts(counted: RegisterCounts) -> SafeString:
    """A register added up in words."""
    parts = ((_part(counted, *part),) for part in PARTS)
    return format_html(
        '<strong>{} of {} marked.</strong> <span class="hide-narrow" data-counts>{}</span>',
        *(_number(counted, "marked"), counted.pupils),
        format_html_join("", "{}", parts),
    )


def _number(counted: RegisterCounts, name: str) -> SafeString:
    return format_html('<span data-count="{}">{}</span>', name, getattr(counted, name))


def _part(counted: RegisterCounts, name: str, words: str, is_always: bool) -> SafeString:
    said = format_html(words, _number(counted, name))
    if is_always:
        return said
    hidden = SafeString("" if getattr(counted, name) else " hidden")
    return format_html('<span data-part="{}"{}>{}</span>', name, hidden, said)


# --- what became of a save


def saved_in_words(answer: SaveAnswer) -> str:
    """How many marks were saved, which papers are missing, whom others had marked."""
    theirs = len(answer.conflicts)
    missing = sum(mark.get("paper") is False for mark in answer.saved)
    papers = f"{many(missing, 'paper')} {plural(missing, 'is', 'are')}"
    others = f"Somebody else had marked {many(theirs, 'pupil')} meanwhile: those marks stay."
    return " ".join(
        all_so(
            (True, f"{many(len(answer.saved), 'mark')} saved."),
            (missing, f"{papers} on the office’s list to complete."),
            (theirs, others),
        )
    )


# --- what stood in its way


def problems_heading(problems: SaveProblems) -> str:
    """2 marks saved, 1 pupil has two marks, 1 not saved"""
    two, refused = len(problems.conflicts), len(problems.refused)
    said = (
        (problems.saved, f"{many(problems.saved, 'mark')} saved"),
        (two, f"{many(two, 'pupil')} {plural(two, 'has', 'have')} two marks"),
        (refused, f"{refused} not saved"),
    )
    return ", ".join(all_so(*said))


def to_put_right(line: RegisterLine) -> str:
    """What is wrong with a row, in the list above the register."""
    if line.is_conflict:
        return "choose one of two marks"
    return f"{line.shown.code} was not saved" if line.shown.code else "choose a code"


STILL_BELOW = SafeString("<p>Your choices are still below.</p>")


def lost_marks(lost: Sequence[RegisterLine], mode: PageMode) -> SafeString:
    """What had been chosen where nothing was saved; the late page still has it in its fields."""
    if not lost:
        return SafeString("")
    if mode is PageMode.LATE:
        return STILL_BELOW
    return format_html(
        '<p class="section-small">This is what you had chosen. Tell the office, so that nothing is '
        'lost:</p> <ul class="plain lost-marks">{}</ul>',
        format_html_join("", "<li>{}</li>", ((_lost_choice(line),) for line in lost)),
    )


def _lost_choice(line: RegisterLine) -> SafeString:
    shown = line.shown
    written = "".join(f", “{text}”" for text in filter(None, (shown.comment, shown.paper)))
    return format_html(
        "<bdi>{}</bdi>: <b>{}</b>{}{}",
        *(line.row.name, shown.code or "–", _minutes(shown.minutes_typed), written),
    )


# --- one row


def legend(line: RegisterLine) -> str:
    """What the choices of a row are for."""
    pupil = ", ".join(filter(None, (str(line.row.number), line.row.name, line.row.apart)))
    return f"{pupil}: {f'marked {line.chosen.symbol}' if line.chosen else 'not marked'}"


def beyond_label(line: RegisterLine) -> str:
    """On the three dots behind the quick codes."""
    code = line.beyond
    now = f", now {code.symbol}, {code.meaning}" if code else ""
    return f"Another code, minutes or a comment for {line.row.name}{now}"


def two_marks(line: RegisterLine) -> SafeString:
    """Who marked the pupil meanwhile, and what was chosen here."""
    mark, shown = line.row.stands, line.shown
    return format_html(
        "<b><bdi>{}</bdi> marked {}{}, at {}.</b> You chose {}{}.",
        *(mark.made_by or "Somebody else", mark.code, _minutes(mark.minutes)),
        at_time(mark.made_at),
        *(shown.code or "no code", _minutes(shown.minutes_typed)),
    )


def _minutes(number: str) -> str:
    return f", {number} min" if number else ""


def save_label(mode: PageMode) -> SafeString:
    """On the button of the foot."""
    late = '<span class="hide-narrow"> as late entries</span>' if mode is PageMode.LATE else ""
    return SafeString(f"Save{late}")


def column_heading(sheet: RegisterSheet, *, is_today: bool) -> str:
    """Above the marks: Today, morning."""
    return f"{'Today, ' if is_today else ''}{sheet.half.words}"


# --- beside the name

PRESENT = {"/", "\\"}
NOTHING = SafeString("")
UNMARKED = SafeString('<span class="tagword note-unmarked">Not marked. </span>')
SAID = SafeString('<span class="note note-said" data-said></span>')
UNMARKED_IN = {PageMode.TAKE: UNMARKED}
SAID_IN = {PageMode.TAKE: SAID}
MOST_OF_A_COMMENT = 40  # letters: the row has room for no more


def note_below(line: RegisterLine, *, half_gone: bool) -> SafeString:
    """The remarks under a name, and once half of the time has gone, that there is no mark; in a
    register that is being taken, the place where the page says what became of a mark.
    """
    unmarked = UNMARKED_IN.get(line.mode, NOTHING)
    note = _note(line.row, unmarked if half_gone and line.chosen is None else None)
    return note + SAID_IN.get(line.mode, NOTHING)


def _note(row: RegisterRow, unmarked: SafeString | None) -> SafeString:
    remarks = [*map(_remark, row.notes), *_quoted(row.comment)]
    if not remarks and unmarked is None:
        return NOTHING
    return format_html(
        '<span class="note{}">{}{}</span>',
        " has-alert" if row.alert else "",
        unmarked or "",
        format_html_join("; ", "{}", ((remark,) for remark in remarks)),
    )


def _remark(note: RowNote) -> SafeString:
    rest = f" {note.rest}" if note.rest else ""
    return format_html('<span class="tagword">{}</span>{}', note.word, rest)


def _quoted(comment: str) -> list[SafeString]:
    short = Truncator(comment).chars(MOST_OF_A_COMMENT)
    return [format_html("<q>{}</q>", short)] if comment else []


def last_ten_words(row: RegisterRow) -> str:
    """The last ten sessions in a sentence: what is not simply present, by day."""
    said = [
        f"{day.on:%a} {half.words} {_code_in_words(day.code(half))}"
        for day, half in product(row.days, Half)
        if day.code(half) not in PRESENT
    ]
    return f"Last ten sessions: {'; '.join(said) or 'present at all'}"


def _code_in_words(symbol: str) -> str:
    code = CODES.get(symbol)
    return f"{symbol}, {code.meaning}" if code else "not marked"
