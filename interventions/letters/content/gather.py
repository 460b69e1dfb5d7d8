"""What a letter says of its figures, for its template. No Django here."""

from collections.abc import Mapping, Sequence
from datetime import date

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
    KINDS,
    PANEL_INVITATION,
)
from interventions.rules.wording import full_date
from registers.rules.allowed_codes import compulsory_school_age
from registers.rules.pupils import year_groups

# By their usual ages: for a pupil whose date of birth nobody knows.
OUTSIDE_COMPULSORY_AGE = frozenset({"N1", "N2", "12", "13", "14"})
LONG_SCHOOL_NAME = 28  # characters beside the crest, on one line


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
        "law_applies": law_applies(pupil, dated),
        "meeting": _meeting(details or {}, dated),
        "own_words": _paragraphs((details or {}).get("words", "")),
    }


def law_applies(pupil: LetterPupil, on: date) -> bool:
    """Whether the law's sentences are about this pupil: within compulsory school age (Education
    Act 1996, section 8), by the date of birth and never by what the school calls a group."""
    if pupil.born_on is None:
        return year_groups.normalise(pupil.year_group) not in OUTSIDE_COMPULSORY_AGE
    first, last = compulsory_school_age(pupil.born_on)
    return first <= on <= last


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
