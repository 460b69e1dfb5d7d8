"""The figures of a letter, in sessions (half days), as JSON can keep them. No Django here.

They are frozen when a letter is approved; the words around them are not (see `gather`).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from absence.rules.measures import PERSISTENT, Tally, absences_left
from interventions.letters.content.files import LetterPupil, MarkOnDay
from interventions.rules import wording
from registers.rules.codes import CODES, Category, Code

FEWEST_FOR_A_MEDIAN = 10  # pupils: in a smaller year group a median could point at a child
CALENDAR_WEEKS = 13  # school weeks in the calendar and in the bars of a letter


def absence_figures(
    *,
    marks: Sequence[MarkOnDay],
    pupil: LetterPupil,
    period_starts_on: date,
    as_at: date,
    year_ends_on: date,
    possible_by_year_end: int,
    year_group_absent: Sequence[int],
    today: date,
    recent_from: date | None = None,
    may_be_none: bool = False,
) -> dict:
    """The figures of a letter, in sessions, as JSON can keep them.

    `possible_by_year_end` are the pupil's possible sessions of the whole year, those to `as_at`
    among them; `year_group_absent` has the sessions missed by each pupil of the year group in the
    period; `recent_from` begins the last weeks, which good news is about. Raises ValueError where
    the pupil has missed nothing, unless `may_be_none`: there is nothing to write about.
    """
    counted = _counted(marks, period_starts_on, as_at)
    tally = _tally(code for _, code in counted)
    if not tally.absent and not may_be_none:
        raise ValueError("There is no absence in the period, so there is no letter to write.")
    possible_by_year_end = max(possible_by_year_end, tally.possible)
    first_on = next((mark.date for mark, code in counted if code.possible), period_starts_on)
    return {
        "year_group": pupil.year_group,
        "first_on": first_on.isoformat(),
        "as_at": as_at.isoformat(),
        "year_ends_on": year_ends_on.isoformat(),
        "year_is_over": max(today, as_at) >= year_ends_on,
        "possible": tally.possible,
        "attended": tally.attended,
        "authorised": tally.authorised,
        "unauthorised": tally.unauthorised,
        "missed": tally.absent,
        "not_counted": sum(_was_not_possible(code) for _, code in counted),
        "persistently_absent": tally.persistently_absent,
        "severely_absent": tally.severely_absent,
        "missed_by_code": _missed_by_code(code for _, code in counted),
        "spells": spells(counted),
        "possible_by_year_end": possible_by_year_end,
        "to_spare": absences_left(PERSISTENT, now=tally, possible_by_year_end=possible_by_year_end),
        "year_median": _median(year_group_absent),
        "days": _days(counted),
        "weeks": _weeks(counted),
        **_recent(counted, recent_from),
    }


def _days(counted: Sequence[tuple[MarkOnDay, Code]]) -> list[list]:
    """The school days of the last weeks: date, and for each half 1 missed, 0 attended, or null."""
    found: dict[date, list] = {}
    for mark, code in counted:
        if code.category is not Category.OUTSIDE:
            day = found.setdefault(mark.date, [mark.date.isoformat(), None, None])
            day[1 + int(mark.half)] = int(_absent(code)) if code.possible else None
    weeks = sorted({_monday(on) for on in found})[-CALENDAR_WEEKS:]
    return [found[on] for on in sorted(found) if _monday(on) in weeks]


def _weeks(counted: Sequence[tuple[MarkOnDay, Code]]) -> list[list]:
    """The school weeks, the latest ones: first day of it, sessions missed, sessions possible."""
    found: dict[date, list] = {}
    for mark, code in counted:
        if code.possible:
            week = found.setdefault(_monday(mark.date), [mark.date.isoformat(), 0, 0])
            week[1] += int(_absent(code))
            week[2] += 1
    return [found[monday] for monday in sorted(found)[-CALENDAR_WEEKS:]]


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def _recent(counted: Sequence[tuple[MarkOnDay, Code]], first: date | None) -> dict:
    """The last weeks against the time before them; empty where the year is too young for both."""
    if first is None:
        return {"recent": None}
    recent = _tally(code for mark, code in counted if mark.date >= first)
    before = _tally(code for mark, code in counted if mark.date < first)
    return {
        "recent": {
            "first_on": first.isoformat(),
            "missed": recent.absent,
            "possible": recent.possible,
            "missed_before": before.absent,
            "possible_before": before.possible,
        }
    }


def _counted(marks: Sequence[MarkOnDay], first: date, last: date) -> list[tuple[MarkOnDay, Code]]:
    within = (mark for mark in marks if first <= mark.date <= last)
    in_order = sorted(within, key=lambda mark: (mark.date, mark.half))
    return [(mark, CODES[mark.symbol]) for mark in in_order]


def _tally(codes: Iterable[Code]) -> Tally:
    codes = list(codes)
    return Tally(
        attended=sum(code.attended for code in codes),
        authorised=sum(code.authorised for code in codes),
        unauthorised=sum(code.unauthorised for code in codes),
    )


def _was_not_possible(code: Code) -> bool:
    """A school day that could not count. A holiday (#) or a day before joining (Z) is none."""
    return not code.possible and code.category is not Category.OUTSIDE


def _absent(code: Code) -> bool:
    return bool(code.authorised or code.unauthorised)


def _missed_by_code(codes: Iterable[Code]) -> dict[str, int]:
    """Sessions missed by code, the most frequent first."""
    missed: dict[str, int] = {}
    for code in codes:
        if _absent(code):
            missed[code.symbol] = missed.get(code.symbol, 0) + 1
    return dict(sorted(missed.items(), key=lambda item: (-item[1], item[0])))


def spells(counted: Iterable[tuple[MarkOnDay, Code]]) -> list[dict]:
    """Absences one after another with the same reason, the earliest first.

    A weekend, a holiday or a session that was not possible does not break a spell; a session
    attended or another reason does.
    """
    found: list[dict] = []
    unbroken = False
    for mark, code in counted:
        if _absent(code):
            on, reason = mark.date.isoformat(), wording.REASONS[code.symbol]
            if unbroken and found[-1]["reason"] == reason:
                found[-1] |= {"last_on": on, "sessions": found[-1]["sessions"] + 1}
            else:
                spell = {"first_on": on, "last_on": on, "half": int(mark.half), "sessions": 1}
                found.append(spell | {"reason": reason})
            unbroken = True
        elif code.attended:
            unbroken = False
    return found


def _median(absent: Sequence[int]) -> int | None:
    """The sessions that half of the pupils have not gone over; None for a small year group."""
    if len(absent) < FEWEST_FOR_A_MEDIAN:
        return None
    return sorted(absent)[(len(absent) - 1) // 2]
