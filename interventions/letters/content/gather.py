"""What a letter says of its figures, for its template. No Django here."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from interventions.letters.content.files import LetterPupil, LetterSchool, Recipient
from interventions.letters.content.pictures import calendar, days_missed, weeks_missed
from interventions.letters.content.rows import (
    LINES_WHEN_CLOSE,
    LINES_WHEN_CLOSEST,
    MOST_LINES,
    earlier,
    latest_rows,
)
from interventions.letters.content.scripts import without_other_scripts
from interventions.letters.content.window import address_in_window
from interventions.rules import wording
from interventions.rules.letter_kinds import (
    AT_RISK,
    FIRST_CONCERN,
    GOING_WELL,
    MEETING_INVITATION,
    PANEL_INVITATION,
    PERSISTENT_ABSENCE,
    SEVERE_ABSENCE,
)
from interventions.rules.wording import full_date, said_of
from registers.rules.allowed_codes import compulsory_school_age
from registers.rules.pupils import year_groups
from registers.rules.wording import listed

# By their usual ages: for a pupil whose date of birth nobody knows.
OUTSIDE_COMPULSORY_AGE = frozenset({"N1", "N2", "12", "13", "14"})
NO_DETAILS: Mapping = MappingProxyType({})
LONG_SCHOOL_NAME = 28  # characters beside the crest, on one line


def letter_context(
    kind: str,
    figures: dict,
    *,
    school: LetterSchool,
    pupil: LetterPupil,
    recipient: Recipient,
    signatory_name: str,
    reference: str,
    dated: date,
    details: Mapping = NO_DETAILS,
) -> dict:
    """All that a letter of this kind shows: words only, no sums left to do.

    `details` are what a person added by hand: a few words of their own, and of an invitation
    `on`, `at`, `minutes`, `place` and `members`.
    """
    return {
        **_frame(school, pupil, recipient, reference=reference, dated=dated),
        "title": _title(kind, pupil, dated),
        "signatory": signatory_name.strip(),
        **_numbers(figures),
        **_reasons_known(figures["missed_by_code"], figures["missed"]),
        **_open_days(figures["spells"]),
        **_way_out(figures),
        **_better(figures),
        **_pictures(figures, pupil.forename),
        **_dates(figures["spells"], MOST_LINES),
        "closer": {"set": "tight", **_dates(figures["spells"], LINES_WHEN_CLOSE)},
        "closest": {"set": "tight tightest", **_dates(figures["spells"], LINES_WHEN_CLOSEST)},
        "law_applies": law_applies(pupil, dated),
        "meeting": _meeting(details, dated),
        "own_words": _paragraphs(details.get("words", "")),
    }


def law_applies(pupil: LetterPupil, on: date) -> bool:
    """Whether the law's sentences are about this pupil: within compulsory school age (Education
    Act 1996, section 8), by the date of birth and never by what the school calls a group."""
    if pupil.born_on is None:
        return year_groups.normalise(pupil.year_group) not in OUTSIDE_COMPULSORY_AGE
    first, last = compulsory_school_age(pupil.born_on)
    return first <= on <= last


TITLES = {
    FIRST_CONCERN: "Letter about attendance",
    AT_RISK: "Letter about attendance",
    PERSISTENT_ABSENCE: "Letter about persistent absence",
    SEVERE_ABSENCE: "Letter about severe absence",
    MEETING_INVITATION: "Invitation to a meeting",
    PANEL_INVITATION: "Invitation to an attendance panel",
    GOING_WELL: "Good news",
}


def _title(kind: str, pupil: LetterPupil, dated: date) -> str:
    """The name of the document, for the head of a reader's window."""
    about = f"{_full_name(pupil)}, {full_date(dated)}"
    return f"{TITLES[kind]}: {about}"


def _paragraphs(words: str) -> list[str]:
    """A person's own words, a paragraph for each piece between blank lines."""
    pieces = "\n".join(map(str.strip, words.splitlines())).split("\n\n")
    return list(filter(None, (" ".join(piece.split()) for piece in pieces)))


PICTURES = {  # each with the figure that it is drawn from
    "chart": ("missed", days_missed),
    "calendar": ("days", calendar),
    "weeks": ("weeks", weeks_missed),
}


def _pictures(figures: dict, forename: str) -> dict:
    """The charts that a letter may show; a letter from before they were kept has none."""
    return {
        name: draw(figures, forename=forename) if figures.get(figure) else ""
        for name, (figure, draw) in PICTURES.items()
    }


def _open_days(spells: Sequence[dict]) -> dict:
    """The days for which the reason is still open, in words; only the latest of very many."""
    said = [
        wording.open_range(_day(spell, "first_on"), _day(spell, "last_on"))
        for spell in spells
        if spell["reason"] in wording.OPEN_IN_WORDS
    ]
    return {"open_days": listed(said[-4:]), "more_open_days": len(said) > 4}


def _better(figures: dict) -> dict:
    """The last weeks and the time before, for good news."""
    recent = figures.get("recent")
    if not recent or not recent["possible"]:
        return {"recent": None}
    first, last = date.fromisoformat(recent["first_on"]), _day(figures, "as_at")
    missed, before = recent["missed"], recent["missed_before"]
    return {
        "recent": {
            "missed": said_of(wording.days, missed) or "no school at all",
            "of": wording.recent_days(recent["possible"]),
            "period": wording.period(first, last),
            "missed_before": said_of(wording.days, before),
            "of_before": wording.days_of_school(recent["possible_before"]),
        }
    }


def _meeting(details: Mapping, dated: date) -> dict:
    """Day, time, place and people of an invitation; empty words for what is not known."""
    members = map(str, details.get("members", []))
    return {
        "time": said_of(wording.clock, details.get("at")),
        "place": str(details.get("place", "")).strip(),
        "length": wording.minutes(int(details.get("minutes") or 0)),
        "people": listed(map(wording.with_position, members)),
        **_days_of_meeting(details.get("on", ""), dated),
    }


def _days_of_meeting(on: str, dated: date) -> dict:
    if not on:
        return {"day": "", "reply_by": ""}
    day = date.fromisoformat(on)
    reply_by = wording.reply_by(dated, day)
    return {
        "day": wording.weekday_and_date(day),
        "reply_by": said_of(wording.weekday_and_date, reply_by),
    }


def _dates(spells: list[dict], lines: int) -> dict:
    rows = latest_rows(spells, lines=lines)
    left_out = earlier(spells[: len(spells) - len(rows)])
    caption = "The latest days missed" if left_out else "The days missed"
    return {"rows": rows, "earlier": left_out, "dates_caption": caption}


def _frame(
    school: LetterSchool, pupil: LetterPupil, recipient: Recipient, *, reference: str, dated: date
) -> dict:
    """Letterhead, window, greeting and foot: what every letter has."""
    telephone = wording.unbroken(school.telephone)
    foot = [school.name, said_of("letter {}".format, reference), full_date(dated)]
    return {
        "school": {
            "name": school.name,
            "long_name": len(school.name) > LONG_SCHOOL_NAME,
            "headteacher": school.headteacher.strip(),
            "address": ", ".join(filter(None, map(str.strip, school.address_lines))),
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
        "foot": " · ".join(filter(None, foot)),
    }


def _full_name(pupil: LetterPupil) -> str:
    return f"{pupil.forename} {pupil.surname}".strip()


def _numbers(figures: dict) -> dict:
    """The two numbers of the first sentence, the period, and the comparison if it is a kind one."""
    missed, median = figures["missed"], figures["year_median"]
    not_counted = figures["not_counted"]
    compared = median is not None and median < missed
    ends = _day(figures, "first_on"), _day(figures, "as_at")
    return {
        "missed": wording.days(missed),
        "missed_of": wording.of_school_days(missed, figures["possible"]),
        "missed_at_most_a_day": missed <= 2,
        "since": wording.since(*ends),
        "unauthorised": said_of(wording.days, figures["unauthorised"]),
        "all_unauthorised": figures["unauthorised"] == missed,
        "any_missed": missed > 0,
        "period": wording.period(*ends),
        "short_period": wording.short_period(*ends),
        "not_counted": said_of(wording.further, not_counted),
        "not_counted_is_one": not_counted <= 2,
        "year": wording.year_words(figures["year_group"]),
        "compared": compared,
        "median": said_of(wording.days_or_fewer, median if compared else 0),
    }


def _reasons_known(missed_by_code: dict[str, int], missed: int) -> dict:
    """Whether most or all of the absence was illness, whether we were told, what is open."""
    ill, told, open_ = (
        sum(missed_by_code.get(code, 0) for code in codes)
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
        "to_spare": said_of(wording.days, max(to_spare, 0)),
        "year_is_over": over,
    }


def _day(figures: Mapping, key: str) -> date:
    return date.fromisoformat(figures[key])
