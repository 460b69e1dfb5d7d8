"""An invented school's papers as plain values: a pack of ten pupils, and letters.

Always the same, from a fixed seed: a year up to the end of June, each pupil with some absence,
amendments, steps, contacts and letters. Names are of several scripts, as in a real school.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from absence.rules.academic_year import SchoolSession, SchoolYear
from absence.rules.pupil_marks import PupilMark
from interventions.letters.content.figures import absence_figures
from interventions.letters.content.files import LetterPupil, LetterSchool, Recipient
from interventions.letters.content.gather import letter_context
from interventions.packs.files import (
    Changed,
    ContactLine,
    LetterLine,
    NextStepLine,
    PackYear,
    PupilFile,
    Step,
)
from interventions.packs.words import CasePaper, PanelPaper
from interventions.rules.letter_kinds import PERSISTENT_ABSENCE
from registers.rules.calendar import HalfTerm, SessionKey, monday_of, planned_sessions
from registers.rules.tally import Tally

SCHOOL = "Ellerwick High School"
TERMS = (
    HalfTerm("Autumn 1", date(2026, 9, 3), date(2026, 10, 23)),
    HalfTerm("Autumn 2", date(2026, 11, 2), date(2026, 12, 18)),
    HalfTerm("Spring 1", date(2027, 1, 5), date(2027, 2, 12)),
    HalfTerm("Spring 2", date(2027, 2, 22), date(2027, 3, 25)),
    HalfTerm("Summer 1", date(2027, 4, 12), date(2027, 5, 28)),
    HalfTerm("Summer 2", date(2027, 6, 7), date(2027, 7, 21)),
)
STARTS, ENDS, AS_AT = date(2026, 9, 1), date(2027, 7, 21), date(2027, 6, 25)
STOOD_AT = datetime(2027, 6, 28, 9, 30)
SESSIONS = planned_sessions(TERMS)
PUPILS = 10
NAMES = (
    "Siyuan Chen (陈思远)",
    "Amal Haddad (أمل حداد)",
    "Oliver Whitcombe",
    "Priya Raman",
    "Agnieszka Wójcik",
    "Kwame Boateng",
    "Isla MacDonald",
    "Dmytro Kovalenko (Дмитро)",
    "Niamh O’Sullivan",
    "Harpreet Gill (ਹਰਪ੍ਰੀਤ)",
)
SPELLS = ("I", "I", "I", "O", "O", "M", "N", "C", "G")
REASONS = ("Appointment card shown", "The parent called", "Wrong pupil marked by a cover teacher")
STEPS = (
    ("Call home", "call"),
    ("Letter sent: persistent absence", "letter"),
    ("Home visit", "visit"),
    ("Meeting with parents in school", "meeting"),
)
PANEL = PanelPaper(
    date(2027, 7, 2),
    time(14, 0),
    "Garden Room",
    ["Ms P. Raman, Deputy Headteacher", "Mr D. Okafor, Attendance Officer"],
    "Ms P. Raman",
)


def pack() -> tuple[list[CasePaper], PackYear]:
    """The cases of the panel, one each twenty minutes, and their year."""
    chance = Random(11)
    cases = [CasePaper(time(14 + n // 3, 20 * (n % 3)), _file(n, chance)) for n in range(PUPILS)]
    return cases, _year()


def _year() -> PackYear:
    sessions = [SchoolSession(on, half) for on, half in SESSIONS]
    year = SchoolYear(1, "2026/27", STARTS, ENDS, sessions, TERMS, {})
    mondays = {monday_of(on) for on, _ in SESSIONS}
    return PackYear(SCHOOL, AS_AT, year, {"10": dict.fromkeys(mondays, (90, 120))})


def _file(number: int, chance: Random) -> PupilFile:
    forename, _, surname = NAMES[number].partition(" ")
    marks = _marks(chance)
    return PupilFile(
        enrolment_id=number,
        forename=forename,
        surname=surname,
        upn=f"H80123400{number:04}",
        born_on=date(2012, 3, 1 + number),
        sex="F",
        year_group="10",
        group="10S",
        tutors="Mr A. Bell",
        starts_on=date(2023, 9, 4),
        leaves_on=None,
        marks=marks,
        amendments=_amendments(marks, chance),
        address="104 Fuller’s Walk, Nether Ellerwick, EW4 9RJ",
        characteristics=["Free school meals"],
        contacts=[_contact(surname, "mother"), _contact(surname, "father")],
        steps=list(_steps(number)),
        next_steps=[NextStepLine("Call home on Monday", date(2027, 7, 5), "Mr D. Okafor")],
        letters=[_letter(n) for n in range(3)],
        last_year=Tally(330, 30, 12),
    )


def _marks(chance: Random) -> dict[SessionKey, str]:
    """Present but for spells of some days, now and then late, and a week of work experience."""
    marks, spell, days = {}, "", 0
    for on, half in (key for key in SESSIONS if key[0] <= AS_AT):
        days -= 1
        if days <= 0:
            away = chance.random() < 0.25
            spell, days = (chance.choice(SPELLS) if away else "", 2 * chance.randint(1, 5))
        marks[on, half] = spell or ("L" if chance.random() < 0.03 else "/\\"[half])
    return marks


def _amendments(marks: dict[SessionKey, str], chance: Random) -> list[Changed]:
    missed = [key for key, symbol in marks.items() if symbol in "IM"]
    return [
        Changed(
            on,
            half,
            "N",
            marks[on, half],
            chance.choice(REASONS),
            datetime(on.year, on.month, on.day, 15, 10) + timedelta(days=2),
            "Mr D. Okafor",
            "Attendance Officer",
        )
        for on, half in sorted(chance.sample(missed, min(12, len(missed))))
    ]


def _contact(surname: str, relation: str) -> ContactLine:
    title = "Ms" if relation == "mother" else "Mr"
    return ContactLine(
        f"{title} {surname}",
        relation,
        True,
        relation == "mother",
        True,
        "07700 900417",
        False,
        False,
    )


def _steps(number: int) -> Iterator[Step]:
    for n in range(16):
        what, kind = STEPS[(n + number) % len(STEPS)]
        on = SESSIONS[20 * n + number][0]
        yield Step(on, what, "Mr D. Okafor", "Spoke to the mother; will be back on Monday.", kind)


def _letter(number: int) -> LetterLine:
    dated = TERMS[number + 1].starts_on
    return LetterLine(dated, "Persistent absence", "Ms Chen", "sent", f"PA/2026/{187 + number:04}")


# --- letters

LETTER_SCHOOL = LetterSchool(
    SCHOOL,
    "Mrs R. Adeyemi-Clarke",
    ["Saltergate Road", "Ellerwick", "EW4 7QT"],
    "01632 960417",
    "attendance@ellerwick.example",
)


def letter_contexts(number: int) -> list[dict]:
    """So many letters about persistent absence, each about another pupil's autumn."""
    chance = Random(12)
    return [_letter_context(n, chance) for n in range(number)]


def _letter_context(number: int, chance: Random) -> dict:
    name = NAMES[number % len(NAMES)]
    forename, _, surname = name.partition(" ")
    pupil = LetterPupil(forename, surname, "10", "10S", "F")
    figures = absence_figures(
        marks=_autumn(chance),
        pupil=pupil,
        period_starts_on=STARTS,
        as_at=date(2026, 11, 20),
        year_ends_on=ENDS,
        possible_by_year_end=len(SESSIONS),
        year_group_absent=[0] * 40 + [2, 3] * 15 + [4] * 40 + [5, 8, 11, 24] * 20,
        today=date(2026, 11, 23),
    )
    recipient = Recipient(
        f"Ms {surname}", ["104 Fuller’s Walk", "Nether Ellerwick", "EW4 9RJ"], "en"
    )
    return letter_context(
        PERSISTENT_ABSENCE,
        figures,
        school=LETTER_SCHOOL,
        pupil=pupil,
        recipient=recipient,
        signatory_name="Mrs R. Adeyemi-Clarke",
        reference=f"PA/2026/{number:04}",
        dated=date(2026, 11, 23),
    )


def _autumn(chance: Random) -> Sequence[PupilMark]:
    """Eight days away in the first eleven weeks, each with the reason of its own."""
    sessions = [key for key in SESSIONS if key[0] <= date(2026, 11, 20)]
    days = sorted({on for on, _ in sessions})
    away = {on: chance.choice("IIIMN") for on in chance.sample(days, 8)}
    return [PupilMark(on, half, away.get(on, "/\\"[half])) for on, half in sessions]
