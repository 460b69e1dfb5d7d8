"""The sentences of the pupil page: the answer at its top, and what stands below each figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from absence.rules.academic_year import SchoolYear
from absence.rules.pupil_year import TO_CONSIDER, PupilYear
from interventions.log.wording import short_day, short_day_year
from interventions.models import Intervention
from interventions.pupil.page import DatedFact, LoggedAction, PupilPage
from registers.rules.allowed_codes import day_in_words
from registers.rules.pupils import year_groups
from registers.rules.tally import Tally
from registers.rules.wording import many, plural


def day_and_month(on: date) -> str:
    return f"{on:%A} {on.day} {on:%B}"


# --- the answer: how much, since when, the way out


def opening(page: PupilPage) -> list[str]:
    """A sentence or two, some with an emphasis."""
    return list(filter(None, _opening(page)))


def _opening(page: PupilPage) -> Iterator[str]:
    yield roll_sentence(page)
    if page.figures:
        yield missed_sentence(page, page.figures)
        if page.is_running and page.figures.tally.possible:
            yield way_out_sentence(page.figures)


def roll_sentence(page: PupilPage) -> str:
    """That the pupil has left, or is still to come."""
    enrolment = page.enrolment
    if enrolment.leaves_on and enrolment.leaves_on < page.today:
        ground = f" ({enrolment.leaving_ground})" if enrolment.leaving_ground else ""
        return f"Left on {day_in_words(enrolment.leaves_on)}{ground}."
    if enrolment.starts_on > page.today:
        return f"Joins on {day_in_words(enrolment.starts_on)}."
    return ""


def missed_sentence(page: PupilPage, figures: PupilYear) -> str:
    if not figures.tally.possible:
        return _nothing_possible(page, figures)
    if not figures.tally.absent:
        return _all_attended(page, figures)
    since = f"since {day_and_month(figures.marks[0].date)}"
    return format_html(
        "Missed <strong>{} of {}</strong> sessions {}{}{}.",
        figures.tally.absent,
        figures.tally.possible,
        since if page.is_this_year else f"in {figures.year.name}",
        _line(figures.tally),
        _line_since(figures),
    )


def _nothing_possible(page: PupilPage, figures: PupilYear) -> str:
    """Empty for a pupil who is still to come."""
    if page.enrolment.starts_on > page.today:
        return ""
    return f"No possible session in {figures.year.name} yet, so there is nothing to add up."


def _all_attended(page: PupilPage, figures: PupilYear) -> str:
    return format_html(
        "Here for <strong>all {}</strong> possible sessions of {}{}.",
        figures.tally.possible,
        figures.year.name,
        f" to {day_and_month(figures.as_at)}" if page.is_this_year else "",
    )


def _line(tally: Tally) -> str:
    name = standing(tally)
    return format_html(": <strong>{}</strong>", name) if name else ""


def standing(tally: Tally) -> str:
    """In words, where a line is crossed."""
    if tally.severely_absent:
        return "severely absent"
    return "persistently absent" if tally.persistently_absent else ""


def _line_since(figures: PupilYear) -> str:
    since = figures.severe_since or figures.persistent_since
    return f" since {day_and_month(since)}" if since else ""


def way_out_sentence(figures: PupilYear) -> str:
    spare, ends_on = figures.to_spare, day_and_month(figures.year.ends_on)
    if spare < 0:
        return (
            "Even with every session attended from now on, the year ends over the line of a tenth"
            f"{_under_half(figures)}."
        )
    if spare == 0:
        return "One more missed session, and the year ends persistently absent."
    if figures.tally.persistently_absent:
        return f"The way out: miss at most {many(spare, 'session')} more by {ends_on}."
    return f"{many(spare, 'session')} to spare until {ends_on}."


def _under_half(figures: PupilYear) -> str:
    if not figures.tally.severely_absent or figures.to_spare_under_half < 0:
        return ""
    at_most = many(figures.to_spare_under_half, "session")
    return f"; under a half it ends with at most {at_most} more missed"


# --- the figures


@dataclass(frozen=True, slots=True)
class LedgerFigure:
    """A term, its figure, what that is `of`, and the note below it."""

    term: str
    figure: str
    note: str
    of: str = ""


def ledger(page: PupilPage, figures: PupilYear) -> Iterator[LedgerFigure]:
    """What stands beside the sessions missed."""
    yield _line_figure(figures)
    if page.is_running:
        yield _way_out_figure(figures)
        yield _window_figure(figures)
    if page.year_before and figures.last_year_tally.possible:
        yield _last_year_figure(page.year_before, figures.last_year_tally)


def missed_note(tally: Tally) -> str:
    """Below the sessions missed."""
    note = "No possible session yet"
    if tally.possible:
        rate = f"{tally.absence_rate}% absence"
        note = f"{rate}. {tally.authorised} authorised, {tally.unauthorised} not"
    return f"{note}. {many(tally.unmarked, 'session')} not marked" if tally.unmarked else note


def _line_figure(figures: PupilYear) -> LedgerFigure:
    tally, persistent, severe = figures.tally, figures.persistent_since, figures.severe_since
    term = "Severely absent" if tally.severely_absent else "Persistently absent"
    if persistent is None:
        return LedgerFigure(term, "No", _under_the_line(tally))
    if severe is None:
        note = "a tenth or more missed since then without a break"
        return LedgerFigure(term, _short(persistent), note)
    note = f"a tenth or more since {_short(persistent)}"
    half = "half or more missed since then without a break"
    return LedgerFigure(term, _short(severe), f"{half}; {note}")


def _under_the_line(tally: Tally) -> str:
    if not tally.possible:
        return "nothing to add up yet"
    return f"under a tenth missed: 10 × {tally.absent} is less than {tally.possible}"


def _way_out_figure(figures: PupilYear) -> LedgerFigure:
    in_a_row, spare, left = figures.to_attend_in_a_row, figures.to_spare, figures.sessions_left
    if not in_a_row:
        note = "can still be missed before the year ends persistently absent"
        return LedgerFigure("To spare", str(spare), note, f"of {left}")
    note = f"more than the {left} that the year still has"
    if figures.out_on:
        note = f"every session attended, until {day_and_month(figures.out_on)}"
    if spare >= 0:
        note += f"; {many(spare, 'session')} to spare by the end of the year"
    return LedgerFigure("The way out", str(in_a_row), note, "in a row")


def _window_figure(figures: PupilYear) -> LedgerFigure:
    unauthorised, unsettled = figures.unauthorised_in_window, figures.unsettled_in_window
    threshold = "national threshold to consider a notice"
    note = f"under {TO_CONSIDER}, the {threshold}"
    if unauthorised >= TO_CONSIDER:
        words = f"{TO_CONSIDER} or more: at the {threshold}"
        note = format_html('<strong class="pupil-bad">{}</strong>', words)
    if unsettled:
        note = format_html("{}; {} of them still N", note, unsettled)
    return LedgerFigure("Unauthorised, last 10 school weeks", str(unauthorised), note)


def _last_year_figure(year: SchoolYear, tally: Tally) -> LedgerFigure:
    note = ", ".join(filter(None, (f"{tally.absence_rate}% absence", standing(tally))))
    return LedgerFigure(
        f"{year.name}, the whole year", str(tally.absent), note, f"of {tally.possible}"
    )


def _short(on: date) -> str:
    return f"{on.day} {on:%b}"


def missed_term(page: PupilPage) -> str:
    return "Missed this year" if page.is_this_year else f"Missed{page.in_year}"


# --- how the figures are worked out


def working_heading(tally: Tally) -> str:
    if not tally.possible:
        return "What is counted"
    return f"How {tally.absence_rate}% is worked out"


def working_notes(figures: PupilYear) -> str:
    """What else is to be known of the sum."""
    return " ".join(_working_notes(figures))


def _working_notes(figures: PupilYear) -> Iterator[str]:
    tally = figures.tally
    if tally.late:
        yield f"{many(tally.late, 'session')} late."
    if "N" in figures.by_code:
        yield "N counts as unauthorised while it stands."
    if tally.unmarked:
        are = plural(tally.unmarked, "is", "are")
        yield f"{many(tally.unmarked, 'session')} without a mark {are} in no figure."


def no_mark(figures: PupilYear) -> str:
    words = f"No mark in {figures.year.name} yet."
    unmarked = figures.tally.unmarked
    if not unmarked:
        return words
    was, has = plural(unmarked, "was", "were"), plural(unmarked, "has", "have")
    return f"{words} {many(unmarked, 'session')} {was} due and {has} none."


# --- who and when


def group_and_year(enrolment) -> str:
    """8K, Year 8; `enrolment` brings both as they were read."""
    year_group = enrolment.year_group and year_groups.spoken(enrolment.year_group)
    return ", ".join(filter(None, [enrolment.group, year_group])) or "No group yet"


def about(page: PupilPage) -> Iterator[SafeString]:
    """Group, year group and what else is true of the pupil, as it stands below the name."""
    yield format_html("<span>{}</span>", group_and_year(page.enrolment))
    if page.enrolment.kind == "dual":
        yield _tag("Dual registered, main elsewhere")
    if page.several_spells:
        yield format_html('<span class="muted">{}.</span>', page.several_spells)
    yield from map(_tag, map(characteristic, page.characteristics))


def _tag(words: str) -> SafeString:
    return format_html('<span class="tag">{}</span>', words)


CHARACTERISTICS = {
    ("SEN", "K"): "SEN support",
    ("SEN", "E"): "Education, health and care plan",
    ("FSM", "Y"): "Free school meals",
    ("EAL", "Y"): "English as an additional language",
    ("Looked after", "Y"): "Looked after",
}


def characteristic(fact: DatedFact) -> str:
    """In words; one that nobody has named here as it stands in the register."""
    return CHARACTERISTICS.get((fact.kind, fact.value), f"{fact.kind} {fact.value}")


def tries(calls: int) -> str:
    return many(calls, "try", "tries") if calls else ""


def log_note(page: PupilPage) -> str:
    if not page.log:
        return ""
    return (
        f"{many(len(page.log), 'action')}{page.in_year}, the latest first, with the same number of "
        "school days before and since"
    )


def nothing_logged(page: PupilPage) -> str:
    in_year = f" for {page.year.name}" if page.year else ""
    return f"Nothing is written down{in_year}"


def action_heading(logged: LoggedAction) -> SafeString:
    """What was done, with whom, and whether it is sensitive."""
    return format_html_join("", "{}", ((part,) for part in _action_heading(logged)))


def _action_heading(logged: LoggedAction) -> Iterator[str]:
    yield logged.title
    if with_whom := logged.intervention.with_whom:
        yield format_html(' <span class="log-with">with <bdi>{}</bdi></span>', with_whom)
    if logged.intervention.is_sensitive:
        yield mark_safe(' <span class="tag tag-warn">Sensitive</span>')


def written_by(note: Intervention) -> SafeString:
    """Who wrote an action down, and who changed it last and when."""
    changed = ""
    if note.changed_at:
        on = short_day_year(note.changed_at)
        changed = format_html("; changed by <bdi>{}</bdi> on {}", note.changed_by, on)
    return format_html("Written down by <bdi>{}</bdi>{}", note.made_by or "Rollbook", changed)


def step_words(logged: LoggedAction) -> str:
    return logged.intervention.next_step if logged.is_readable else "Of a sensitive note"


def step_after(logged: LoggedAction) -> str:
    """What a next step follows; nothing of a sensitive note."""
    if not logged.is_readable:
        return ""
    return f". After: {logged.title.lower()}, {short_day(logged.done_on)}"


def letter_line(letter) -> str:
    """When a letter was dated and sent, and its copies; it brings the sums of them."""
    sent = f", sent {short_day_year(letter.sent_at)}" if letter.sent_at else ""
    copies = many(letter.copy_count, "copy", "copies")
    return f"Dated {short_day_year(letter.dated)}, {copies}{sent}"
