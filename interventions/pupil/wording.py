"""The sentences of the pupil page: the answer at its top, and what stands below each figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html

from absence.rules.academic_year import SchoolYear
from absence.rules.pupil_year import TO_CONSIDER, PupilYear
from interventions.pupil.page import PupilPage
from registers.rules.allowed_codes import day_in_words
from registers.rules.tally import Tally
from registers.rules.wording import many


def day_and_month(on: date) -> str:
    return f"{on:%A} {on.day} {on:%B}"


# --- the answer: how much, since when, the way out


def opening(page: PupilPage) -> list[str]:
    """A sentence or two, some with an emphasis."""
    sentences = [roll_sentence(page)]
    if page.figures:
        sentences.append(missed_sentence(page, page.figures))
    if page.figures and page.is_this_year and page.figures.tally.possible and not page.has_left:
        sentences.append(way_out_sentence(page.figures))
    return [sentence for sentence in sentences if sentence]


def roll_sentence(page: PupilPage) -> str:
    """That the pupil has left, or is still to come."""
    enrolment = page.enrolment
    if page.has_left:
        ground = f" ({enrolment.leaving_ground})" if enrolment.leaving_ground else ""
        return f"Left on {day_in_words(enrolment.leaves_on)}{ground}."
    if enrolment.starts_on > page.today:
        return f"Joins on {day_in_words(enrolment.starts_on)}."
    return ""


def missed_sentence(page: PupilPage, figures: PupilYear) -> str:
    tally, year = figures.tally, figures.year.name
    if not tally.possible:
        has_begun = page.enrolment.starts_on <= page.today
        return (
            f"No possible session in {year} yet, so there is nothing to add up."
            if has_begun
            else ""
        )
    if not tally.absent:
        until = f" to {day_and_month(figures.as_at)}" if page.is_this_year else ""
        return format_html(
            "Here for <strong>all {}</strong> possible sessions of {}{}.",
            tally.possible,
            year,
            until,
        )
    since = f"since {day_and_month(figures.marks[0].date)}" if page.is_this_year else f"in {year}"
    return format_html(
        "Missed <strong>{} of {}</strong> sessions {}{}{}.",
        tally.absent,
        tally.possible,
        since,
        _line(tally),
        _line_since(figures),
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
    if page.is_this_year and not page.has_left:
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
