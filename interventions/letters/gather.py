"""What a letter says, gathered from plain values. No Django here.

Two steps, because figures are frozen when a letter is approved and words are not: `…_figures`
counts in sessions (half days) and gives what JSON can keep, `…_context` says it for the template.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from absence.measures import PERSISTENT, Tally, absences_left
from interventions.letters import wording
from interventions.letters.pictures import days_missed
from interventions.letters.rows import LINES_WHEN_CLOSE, MOST_LINES, earlier, latest_rows
from interventions.letters.scripts import without_other_scripts
from interventions.letters.window import address_in_window
from interventions.letters.wording import full_date
from registers.codes import CODES, Category, Code

FEWEST_FOR_A_MEDIAN = 10  # pupils: in a smaller year group a median could point at a child
AFTER_COMPULSORY_AGE = frozenset({"12", "13", "14"})  # the law's sentences are not about them
LONG_SCHOOL_NAME = 28  # characters beside the crest, on one line


@dataclass(frozen=True, slots=True)
class MarkOnDay:
    """One mark of the enrolment: `half` 0 is the morning, 1 the afternoon."""

    date: date
    half: int
    symbol: str


@dataclass(frozen=True, slots=True)
class LetterSchool:
    name: str
    headteacher: str
    address_lines: Sequence[str]
    telephone: str
    email: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom one copy goes to; `language` is a BCP 47 tag, empty where it is not known."""

    name: str
    address_lines: Sequence[str]
    language: str


@dataclass(frozen=True, slots=True)
class LetterPupil:
    forename: str
    surname: str
    year_group: str
    registration_group: str
    sex: str


def persistent_absence_figures(
    *,
    marks: Sequence[MarkOnDay],
    pupil: LetterPupil,
    period_starts_on: date,
    as_at: date,
    year_ends_on: date,
    possible_by_year_end: int,
    year_group_absent: Sequence[int],
    today: date,
) -> dict:
    """The figures of the letter, in sessions, as JSON can keep them.

    `possible_by_year_end` are the pupil's possible sessions of the whole year, those to `as_at`
    among them; `year_group_absent` has the sessions missed by each pupil of the year group in the
    period. Raises ValueError where the pupil has missed nothing: there is nothing to write about.
    """
    counted = _counted(marks, period_starts_on, as_at)
    tally = _tally(code for _, code in counted)
    if not tally.absent:
        raise ValueError("There is no absence in the period, so there is no letter to write.")
    possible_by_year_end = max(possible_by_year_end, tally.possible)
    return {
        "year_group": pupil.year_group,
        "first_on": next(mark.date for mark, code in counted if code.possible).isoformat(),
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


def persistent_absence_context(
    figures: dict,
    *,
    school: LetterSchool,
    pupil: LetterPupil,
    recipient: Recipient,
    signatory_name: str,
    signatory_role: str,
    reference: str,
    dated: date,
) -> dict:
    """All that the template of this letter shows: words only, no sums left to do."""
    return {
        **_frame(school, pupil, recipient, reference=reference, dated=dated),
        "title": f"Letter about persistent absence: {_full_name(pupil)}, {full_date(dated)}",
        "signatory": {"name": signatory_name.strip(), "role": signatory_role.strip()},
        **_numbers(figures),
        **_reasons_known(figures["missed_by_code"], figures["missed"]),
        **_way_out(figures),
        "chart": days_missed(figures, forename=pupil.forename),
        **_dates(figures["spells"], MOST_LINES),
        "closer": {"set": "tight", **_dates(figures["spells"], LINES_WHEN_CLOSE)},
        "law_applies": pupil.year_group.strip() not in AFTER_COMPULSORY_AGE,
    }


def _dates(spells: list[dict], lines: int) -> dict:
    rows = latest_rows(spells, lines=lines)
    return {"rows": rows, "earlier": earlier(spells[: len(spells) - len(rows)])}


def _frame(
    school: LetterSchool, pupil: LetterPupil, recipient: Recipient, *, reference: str, dated: date
) -> dict:
    """Letterhead, window, greeting and foot: what every letter has."""
    telephone = wording.unbroken(school.telephone)
    foot = [school.name, f"letter {reference}" if reference else "", full_date(dated)]
    return {
        "school": {
            "name": school.name,
            "long_name": len(school.name) > LONG_SCHOOL_NAME,
            "headteacher": school.headteacher.strip(),
            "address": ", ".join(line.strip() for line in school.address_lines if line.strip()),
            "telephone": telephone,
            "email": school.email.strip(),
        },
        "recipient": {
            "greeting": without_other_scripts(recipient.name.strip()),
            "language": recipient.language,
            "address": address_in_window(recipient.name, recipient.address_lines),
        },
        "pupil": {
            "forename": pupil.forename,
            "full_name": _full_name(pupil),
            "group": pupil.registration_group.strip(),
            **wording.pronouns(pupil.sex),
        },
        "reference": wording.unbroken(reference),
        "dated": full_date(dated),
        "foot": " · ".join(part for part in foot if part),
    }


def _full_name(pupil: LetterPupil) -> str:
    return f"{pupil.forename} {pupil.surname}".strip()


def _numbers(figures: dict) -> dict:
    """The two numbers of the first sentence, the period, and the comparison if it is a kind one."""
    missed, median = figures["missed"], figures["year_median"]
    compared = median is not None and median < missed
    return {
        "missed": wording.days(missed),
        "missed_of": wording.of_school_days(missed, figures["possible"]),
        "missed_at_most_a_day": missed <= 2,
        "period": wording.period(_day(figures, "first_on"), _day(figures, "as_at")),
        "short_period": wording.short_period(_day(figures, "first_on"), _day(figures, "as_at")),
        "not_counted": wording.further(figures["not_counted"]) if figures["not_counted"] else "",
        "not_counted_is_one": figures["not_counted"] <= 2,
        "year": wording.year_words(figures["year_group"]),
        "compared": compared,
        "median": wording.days_or_fewer(median) if compared and median else "",
    }


def _reasons_known(missed_by_code: dict[str, int], missed: int) -> dict:
    """Whether most or all of the absence was illness, whether we were told, what is open."""
    ill, told, open_ = (
        sum(count for code, count in missed_by_code.items() if code in codes)
        for codes in (wording.ILLNESS, wording.TOLD, wording.OPEN_REASONS)
    )
    return {
        "all_ill": ill == missed,
        "mostly_ill": ill * 2 > missed,
        "mostly_told": told * 2 > missed,
        "some_open": open_ > 0,
        "some_after_close": "U" in missed_by_code,
    }


def _way_out(figures: dict) -> dict:
    """How to end the year out of persistent absence, or that this can no longer be."""
    to_spare = figures["to_spare"]
    over = figures["year_is_over"]
    return {
        "year_end": wording.day_and_month(_day(figures, "year_ends_on")),
        "can_leave": to_spare >= 0 and not over,
        "to_spare": wording.days(to_spare) if to_spare > 0 else "",
        "year_is_over": over,
    }


def _day(figures: dict, key: str) -> date:
    return date.fromisoformat(figures[key])
