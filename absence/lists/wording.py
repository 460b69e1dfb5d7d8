"""What the list of pupils says: the sentences that open it, and those of a pupil's line. No Django
but for an emphasis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from absence.figures.rows import AbsenceRow
from absence.lists.listing import BETTER, WORSE, Summary
from absence.rules.wording import day_and_month, long_day, short_day
from registers.rules.pupils import year_groups
from registers.rules.tally import Tally, in_per_cent
from registers.rules.wording import many, plural

HAS_LEFT = mark_safe('<span class="muted">has left</span>')
MOVED = {  # to the class, the sign and the word of a pupil's move
    WORSE: ("move-worse", "▲", "Worse"),
    BETTER: ("move-better", "▼", "Better"),
}


def opening(summary: Summary, *, than_before: str, near_words: str, own: bool) -> str:
    """The answer; `own` where the list is of a teacher's own groups."""
    sentences = (
        over_sentence(summary, than_before=than_before, own=own),
        near_sentence(summary, near_words),
        together_sentence(summary),
    )
    return format_html_join(" ", "{}", ((sentence,) for sentence in filter(None, sentences)))


def over_sentence(summary: Summary, *, than_before: str, own: bool) -> str:
    if not summary.pupils:
        return "Nobody was on roll on this day."
    pupils = many(summary.pupils, "pupil")
    if summary.pupils == summary.without_sessions:
        return f"{pupils} on roll, and no possible session yet."
    than = format_html(", <strong>{}</strong>", than_before) if than_before else ""
    whose = f"your {pupils}" if own else pupils
    if not summary.persistent:
        are = is_or_are(summary.pupils)
        return format_html(
            "<strong>None of {}</strong> {} persistently absent{}.", whose, are, than
        )
    return format_html(
        "<strong>{} of {}</strong> {} persistently absent{}{}.",
        f"{summary.persistent:,}",
        whose,
        is_or_are(summary.persistent),
        f", {summary.severe:,} of them severely" if summary.severe else "",
        than,
    )


def near_sentence(summary: Summary, near_words: str) -> str:
    if not summary.near:
        return ""
    more = "more " if summary.persistent else ""
    return f"{summary.near:,} {more}{is_or_are(summary.near)} within {near_words} of it."


def together_sentence(summary: Summary) -> str:
    tally = summary.tally
    if not tally.possible:
        return ""
    return (
        f"Together they missed {tally.absent:,} of {many(tally.possible, 'possible session')}: "
        f"attendance is {tally.attendance_rate}%."
    )


def is_or_are(number: int) -> str:
    return plural(number, "is", "are")


def early_days(days: int) -> str:
    """A word of care after so many school days of a year; blank where it is not young any more."""
    if not days:
        return ""
    share = {1: "all", 2: "half"}.get(days, "a large part")
    return format_html(
        "<strong>After {}</strong> a single day away is {} of what a pupil could attend. "
        "Bands and persistent absence say little until there are more.",
        many(days, "school day"),
        share,
    )


def counted_in_bands(pupils: int, since: date | None) -> str:
    """Beside the heading of the bands; `since` is None where movement is not known."""
    change = f", and the change since {day_and_month(since)}" if since else ""
    return f"all {pupils:,}{change}"


def listed(pupils: int, out_of: int) -> str:
    """How many of the school's pupils the list shows."""
    shown = f"all {out_of:,}" if pupils == out_of else f"{pupils:,} of {out_of:,}"
    return f"{shown}, counted in sessions"


def last_year_note(named: str, *, shows_last_year: bool) -> str:
    """What the column of last year holds; `named` is blank where this register has none."""
    here = format_html("<b>Last year</b> is the whole of {} at this school.", named)
    elsewhere = (
        "What another school’s transfer file says of a pupil stands in italics with that school; "
        "it is in no sum and no band."
    )
    notes = (here if named else "", elsewhere if shows_last_year else "")
    return format_html_join(" ", "{}", ((note,) for note in filter(None, notes)))


@dataclass(frozen=True, slots=True)
class NobodyListed:
    title: str
    why: str


def nobody_listed(pupils: int, *, own: bool) -> NobodyListed:
    """Of so many pupils without the filters; `own` where the list is of a teacher's own groups."""
    if pupils:
        return NobodyListed(
            "No pupil is like that",
            f"{many(pupils, 'pupil')}, and none for all of these filters together.",
        )
    if own:
        return NobodyListed(
            "No group is yours yet",
            "The pupils of your groups stand here. Your school’s administrator says which groups "
            "are yours.",
        )
    return NobodyListed("No pupils yet", "They come with the first import of the school’s files.")


def nobody_first(since: date, *, movement_is_known: bool) -> str:
    """Where nobody crossed a line or is near one: that, or why it cannot be known."""
    if movement_is_known:
        return format_html(
            '<p class="what">{}</p>', "Nobody crossed a line, and nobody is near one."
        )
    return format_html(
        '<p class="what">There is nothing to compare with yet.</p> <p class="why">There was no '
        "possible session by {}, so nobody has moved since.</p>",
        long_day(since),
    )


def names_and_others(links: Sequence[tuple[str, str, str]], others: int) -> str:
    """Names that lead to their pages, as (address, forename, surname), and how many more."""
    names = format_html_join(", ", '<a href="{}"><bdi>{} {}</bdi></a>', links)
    return format_html("{} and {}", names, many(others, "other")) if others else names


# --- a pupil's line


def notes(row: AbsenceRow, left_on: date | None) -> str:
    """Under a name: "9B, FSM, 2 sessions not marked, left 20 Nov"."""
    unmarked = row.tally.unmarked
    parts = (
        row.registration_group or year_groups.spoken(row.year_group),
        *row.characteristics,
        f"{many(unmarked, 'session')} not marked" if unmarked else "",
        f"left {short_day(left_on)}" if left_on else "",
    )
    return ", ".join(filter(None, parts))


def last_year(row: AbsenceRow) -> str:
    """Here and elsewhere."""
    elsewhere = format_html_join(
        "",
        '<span class="sub elsewhere"><i>{}</i> at <bdi>{}</bdi></span>',
        ((in_per_cent(one.tally.attendance_rate), one.school) for one in row.elsewhere),
    )
    return format_html("{}{}", _here_last_year(row), elsewhere)


def _here_last_year(row: AbsenceRow) -> str:
    tally = row.last_year
    if not tally.possible:
        return "" if row.elsewhere else mark_safe('<span class="muted">not here</span>')
    return format_html(
        '{}% <span class="sub">{}</span>', tally.attendance_rate, persistent_or_severe(tally)
    )


def persistent_or_severe(tally: Tally) -> str:
    if tally.severely_absent:
        return "severe"
    return "persistent" if tally.persistently_absent else ""


def to_spare(spare: int | None, back_after: int, back_on: date | None) -> str:
    """What can still be missed this year, and the way back under the line of who is over it."""
    left = _still_to_miss(spare)
    return format_html("{} {}", left, way_back(back_after, back_on)) if back_after else left


def _still_to_miss(spare: int | None) -> str:
    if spare is None or spare < 0:
        return "None this year"
    return format_html("<b>{}</b> by the year’s end", spare)


def way_back(after: int, on: date | None) -> str:
    if on is None:
        return mark_safe('<span class="sub">no way back this year</span>')
    return format_html(
        '<span class="sub">back under after {} in a row, <span class="nowrap">{}</span></span>',
        after,
        short_day(on),
    )


def missed_in_week(tally: Tally) -> str:
    return str(tally.absent) if tally.possible else "none possible"


def movement(move: str, was: str, since: date | None) -> str:
    """Into the band from which one, and when: `move` is worse, better or blank."""
    if move:
        css, sign, word = MOVED[move]
        moved = format_html(
            '<span class="move {}"><span aria-hidden="true">{} </span>'
            '<span class="visually-hidden">{}: </span>from {}</span>{}',
            css, sign, word, was, _when(since),
        )  # fmt: skip
        return format_html('<span class="sub">{}</span>', moved)
    return format_html('<span class="sub">since {}</span>', short_day(since)) if since else ""


def _when(on: date | None) -> str:
    return format_html(', <span class="nowrap">{}</span>', short_day(on)) if on else ""
