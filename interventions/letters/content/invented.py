"""An invented pupil, family and autumn, for the preview of a school's own words. No Django here."""

from collections.abc import Mapping
from datetime import date, timedelta

from absence.rules.pupil_marks import PupilMark
from interventions.letters.content.figures import absence_figures
from interventions.letters.content.files import (
    LetterPupil,
    LetterSchool,
    Recipient,
)
from interventions.letters.content.gather import letter_context
from interventions.rules.letter_kinds import (
    AT_RISK,
    FIRST_CONCERN,
    GOING_WELL,
    KINDS,
    MEETING_INVITATION,
    PANEL_INVITATION,
    PERSISTENT_ABSENCE,
    SEVERE_ABSENCE,
)

PUPIL = LetterPupil("Siyuan", "Chen", "10", "10S", "M")
RECIPIENT = Recipient("Ms Meiling Chen", ["104 Fuller’s Walk", "Nether Ellerwick", "EW4 9RJ"], "en")
FIRST_ON, AS_AT, DATED = date(2026, 9, 3), date(2026, 11, 20), date(2026, 11, 23)
YEAR_ENDS_ON = date(2027, 7, 20)
HALF_TERM = frozenset(date(2026, 10, 26) + timedelta(days=n) for n in range(5))
SESSIONS_OF_A_YEAR = 378
MEDIAN_YEAR_GROUP = [0, 1, 2, 2, 3, 4, 4, 4, 6, 9, 12, 20]

_LIGHT = {"09-14": "II", "10-02": "-N", "10-12": "II", "11-16": "NN"}
_USUAL = {
    **dict.fromkeys(("09-14", "09-15", "09-16", "09-28", "09-29"), "II"),
    **dict.fromkeys(("10-12", "10-13", "11-09", "11-10", "11-11"), "II"),
    "09-21": "M-",
    "10-05": "NN",
    "10-19": "-N",
}


def _days() -> list[date]:
    days = (FIRST_ON + timedelta(days=n) for n in range((AS_AT - FIRST_ON).days + 1))
    return [day for day in days if day.weekday() < 5 and day not in HALF_TERM]


def _absences(kind: str) -> Mapping[str, str]:
    """Days missed that bring out the letter: date -> the code of each half, "-" for present."""
    days = [f"{day:%m-%d}" for day in _days()]
    return {
        FIRST_CONCERN: _LIGHT,
        AT_RISK: {**_LIGHT, "10-06": "M-", "11-12": "II"},
        PERSISTENT_ABSENCE: _USUAL,
        SEVERE_ABSENCE: dict.fromkeys(days[::2], "II") | dict.fromkeys(days[1::5], "OO"),
        MEETING_INVITATION: _USUAL,
        PANEL_INVITATION: dict.fromkeys(days[::4], "OO") | _USUAL,
        GOING_WELL: dict.fromkeys(days[2:14], "II") | {"11-10": "M-"},
    }[kind]


def _marks(kind: str) -> list[PupilMark]:
    absences = _absences(kind)
    return [
        PupilMark(day, half, "/\\"[half] if code == "-" else code)
        for day in _days()
        for half, code in enumerate(absences.get(f"{day:%m-%d}", "--"))
    ]


def context(kind: str, school: LetterSchool) -> dict:
    """What a letter of this kind shows about the invented pupil, from this school."""
    figures = absence_figures(
        marks=_marks(kind),
        pupil=PUPIL,
        period_starts_on=FIRST_ON,
        as_at=AS_AT,
        year_ends_on=YEAR_ENDS_ON,
        possible_by_year_end=SESSIONS_OF_A_YEAR,
        year_group_absent=MEDIAN_YEAR_GROUP,
        today=DATED,
        recent_from=date(2026, 10, 19),
    )
    meeting = {
        "on": "2026-12-10",
        "at": "14:40",
        "minutes": 30,
        "place": "Room 4",
        "members": ["Ms Priya Raman, Deputy Headteacher", "Mr Daniel Osei, Head of Year 10"],
    }
    return letter_context(
        kind,
        figures,
        school=school,
        pupil=PUPIL,
        recipient=RECIPIENT,
        signatory_name=school.headteacher,
        reference=f"{KINDS[kind].mark}26-417",
        dated=DATED,
        details=meeting if KINDS[kind].is_meeting else {},
    )
