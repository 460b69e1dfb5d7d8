"""What a letter says, gathered from plain values. No Django here.

Two steps, because figures are frozen when a letter is approved and words are not: `…_figures`
counts in sessions (half days) and gives what JSON can keep, `…_context` says it for the template.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from absence.measures import PERSISTENT, Tally, absences_left
from interventions.letters import wording
from interventions.letters.kinds import (
    AT_RISK,
    FIRST_CONCERN,
    GOING_WELL,
    KINDS,
    PANEL_INVITATION,
)
from interventions.letters.pictures import calendar, days_missed, weeks_missed
from interventions.letters.rows import (
    LINES_WHEN_CLOSE,
    LINES_WHEN_CLOSEST,
    MOST_LINES,
    earlier,
    latest_rows,
)
from interventions.letters.scripts import without_other_scripts
from interventions.letters.window import address_in_window
from interventions.letters.wording import full_date
from registers.codes import CODES, Category, Code

FEWEST_FOR_A_MEDIAN = 10  # pupils: in a smaller year group a median could point at a child
AFTER_COMPULSORY_AGE = frozenset({"12", "13", "14"})  # the law's sentences are not about them
LONG_SCHOOL_NAME = 28  # characters beside the crest, on one line
CALENDAR_WEEKS = 13  # school weeks in the calendar and in the bars of a letter


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


def letter_context(
    kind: str,
    figures: dict,
    *,
    school: LetterSchool,
    pupil: LetterPupil,
    recipient: Recipient,
    signatory_name: str,
    signatory_role: str,
    reference: str,
    dated: date,
    details: Mapping | None = None,
) -> dict:
    """All that a letter of this kind shows: words only, no sums left to do.

    `details` are what a person added by hand: a few words of their own, and of an invitation
    `on`, `at`, `minutes`, `place` and `members`.
    """
    return {
        **_frame(school, pupil, recipient, reference=reference, dated=dated),
        "title": _title(kind, pupil, dated),
        "signatory": {"name": signatory_name.strip(), "role": signatory_role.strip()},
        **_numbers(figures),
        **_reasons_known(figures["missed_by_code"], figures["missed"]),
        **_open_days(figures["spells"]),
        **_way_out(figures),
        **_better(figures),
        **_pictures(figures, pupil.forename),
        **_dates(figures["spells"], MOST_LINES),
        "closer": {"set": "tight", **_dates(figures["spells"], LINES_WHEN_CLOSE)},
        "closest": {"set": "tight tightest", **_dates(figures["spells"], LINES_WHEN_CLOSEST)},
        "law_applies": pupil.year_group.strip() not in AFTER_COMPULSORY_AGE,
        "meeting": _meeting(details or {}, dated),
        "own_words": _paragraphs((details or {}).get("words", "")),
    }


def _title(kind: str, pupil: LetterPupil, dated: date) -> str:
    """The name of the document, for the head of a reader's window."""
    about = f"{_full_name(pupil)}, {full_date(dated)}"
    if kind == GOING_WELL:
        return f"Good news: {about}"
    if KINDS[kind].is_meeting:
        panel = kind == PANEL_INVITATION
        return f"Invitation to {'an attendance panel' if panel else 'a meeting'}: {about}"
    what = "attendance" if kind in (FIRST_CONCERN, AT_RISK) else KINDS[kind].title.lower()
    return f"Letter about {what}: {about}"


def _paragraphs(words: str) -> list[str]:
    """A person's own words, a paragraph for each piece between blank lines."""
    pieces = "\n".join(line.strip() for line in words.splitlines()).split("\n\n")
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]


def _pictures(figures: dict, forename: str) -> dict:
    """The charts that a letter may show; a letter from before they were kept has none."""
    return {
        "chart": days_missed(figures, forename=forename) if figures["missed"] else "",
        "calendar": calendar(figures, forename=forename) if figures.get("days") else "",
        "weeks": weeks_missed(figures, forename=forename) if figures.get("weeks") else "",
    }


def _open_days(spells: Sequence[dict]) -> dict:
    """The days for which the reason is still open, in words; only the latest of very many."""
    of_open = [spell for spell in spells if spell["reason"] in wording.OPEN_IN_WORDS]
    said = [wording.open_range(*map(date.fromisoformat, _ends(spell))) for spell in of_open]
    return {"open_days": wording.listed(said[-4:]), "more_open_days": len(said) > 4}


def _ends(spell: dict) -> tuple[str, str]:
    return spell["first_on"], spell["last_on"]


def _better(figures: dict) -> dict:
    """The last weeks and the time before, for good news."""
    recent = figures.get("recent")
    if not recent or not recent["possible"]:
        return {"recent": None}
    first, last = date.fromisoformat(recent["first_on"]), _day(figures, "as_at")
    missed, before = recent["missed"], recent["missed_before"]
    return {
        "recent": {
            "missed": wording.days(missed) if missed else "no school at all",
            "of": wording.recent_days(recent["possible"]),
            "period": wording.period(first, last),
            "missed_before": wording.days(before) if before else "",
            "of_before": wording.days_of_school(recent["possible_before"]),
        }
    }


def _meeting(details: Mapping, dated: date) -> dict:
    """Day, time, place and people of an invitation; empty words for what is not known."""
    on = date.fromisoformat(details["on"]) if details.get("on") else None
    reply_by = wording.reply_by(dated, on) if on else None
    return {
        "day": wording.weekday_and_date(on) if on else "",
        "time": wording.clock(details["at"]) if details.get("at") else "",
        "place": str(details.get("place", "")).strip(),
        "length": wording.minutes(int(details.get("minutes") or 0)),
        "people": wording.listed(
            [wording.with_position(str(one)) for one in details.get("members", [])]
        ),
        "reply_by": wording.weekday_and_date(reply_by) if reply_by else "",
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
        "since": wording.since(_day(figures, "first_on"), _day(figures, "as_at")),
        "unauthorised": wording.days(figures["unauthorised"]) if figures["unauthorised"] else "",
        "all_unauthorised": figures["unauthorised"] == missed,
        "any_missed": missed > 0,
        "weekdays": _weekdays(figures.get("days", ())),
        "period": wording.period(_day(figures, "first_on"), _day(figures, "as_at")),
        "short_period": wording.short_period(_day(figures, "first_on"), _day(figures, "as_at")),
        "not_counted": wording.further(figures["not_counted"]) if figures["not_counted"] else "",
        "not_counted_is_one": figures["not_counted"] <= 2,
        "year": wording.year_words(figures["year_group"]),
        "compared": compared,
        "median": wording.days_or_fewer(median) if compared and median else "",
    }


def _weekdays(days: Sequence[Sequence]) -> str:
    """The one or two weekdays on which most was missed, where that is no accident: else nothing.

    At least five days missed, and two thirds of it on one weekday or on two together.
    """
    by_weekday = [0] * 7
    for on, *halves in days:
        by_weekday[date.fromisoformat(on).weekday()] += sum(half or 0 for half in halves)
    missed, order = sum(by_weekday), sorted(range(7), key=lambda day: -by_weekday[day])
    for number in (1, 2):
        chosen = sorted(order[:number])
        on_them = sum(by_weekday[day] for day in chosen)
        if missed >= 10 and on_them * 3 >= missed * 2:
            return wording.weekdays(chosen)
    return ""


def _reasons_known(missed_by_code: dict[str, int], missed: int) -> dict:
    """Whether most or all of the absence was illness, whether we were told, what is open."""
    ill, told, open_ = (
        sum(count for code, count in missed_by_code.items() if code in codes)
        for codes in (wording.ILLNESS, wording.TOLD, wording.OPEN_REASONS)
    )
    return {
        "some_ill": ill > 0,
        "all_ill": missed > 0 and ill == missed,
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
        "is_in": figures["persistently_absent"],
        "can_leave": to_spare >= 0 and not over,
        "to_spare": wording.days(to_spare) if to_spare > 0 else "",
        "year_is_over": over,
    }


def _day(figures: dict, key: str) -> date:
    return date.fromisoformat(figures[key])
