"""The school as the rows of the files that Rollbook imports, headers first."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import product

from registers.demo.chance import dice
from registers.demo.people.alerts import called, medical_alert
from registers.demo.people.families import DemoContact
from registers.demo.people.pupils import DemoEnrolment, DemoPupil
from registers.demo.school import DETAILS, DemoSchool
from registers.demo.year.calendar import DemoYear
from registers.demo.year.diary import Diary

Row = tuple[str, ...]
HALVES = ("AM", "PM")
# What stood for the codes that came on 19 August 2024.
BEFORE_2024 = {"C1": "C", "C2": "C", "J1": "J", "K": "B", "Q": "Y"} | {
    f"Y{number}": "Y" for number in range(1, 8)
}


def school_rows(school: DemoSchool) -> Iterator[Row]:
    yield tuple(DETAILS)
    yield tuple(DETAILS.values())


def calendar_rows(school: DemoSchool) -> Iterator[Row]:
    """Whole academic years: what is planned after `until` too."""
    yield "Date", "Session", "Academic year"
    for year in school.years:
        for day, half in product(year.days, HALVES):
            yield day.isoformat(), half, year.name


def term_rows(school: DemoSchool) -> Iterator[Row]:
    yield "Academic year", "Term", "From", "Until"
    for year in school.years:
        for term in year.half_terms:
            yield year.name, term.name, term.starts_on.isoformat(), term.ends_on.isoformat()


def pupil_rows(school: DemoSchool) -> Iterator[Row]:
    yield _header(
        "UPN,Surname,Forename,Date of birth,Sex,Year group,Registration group,Date of entry,"
        "Date of leaving,SEN,FSM,EAL,Looked after,Contact name,Contact relationship,"
        "Contact address,Contact postcode,Contact email,Contact telephone,Preferred forename,"
        "Medical alert"
    )
    for pupil, enrolment in enrolments(school):
        day = min(school.until, enrolment.leaves_on)
        year = _last_year_of(school, enrolment)
        year_group = pupil.year_group(year)
        first = pupil.family.contacts[0]
        yield (
            pupil.upn,
            pupil.surname,
            pupil.forename,
            pupil.born_on.isoformat(),
            pupil.sex,
            str(year_group),
            f"{year_group}{enrolment.letter}",
            enrolment.starts_on.isoformat(),
            _ended(school, enrolment.leaves_on),
            *(pupil.value_on(day, kind) for kind in ("SEN", "FSM", "EAL", "Looked after")),
            *(first.name, first.relationship, first.address),
            *(first.postcode, first.email, first.telephone),
            called(school.seed, pupil),
            medical_alert(school.seed, pupil),
        )


def mark_rows(school: DemoSchool) -> Iterator[Row]:
    """Pupil by pupil, each in the order of time; a blank is no row."""
    yield "UPN", "Date", "Session", "Code", "Minutes late", "Comment"
    days_of = {
        year.name: [day.isoformat() for day in year.days if day <= school.until]
        for year in school.years
    }
    for diary in school.diaries:
        yield from _marks(diary, days_of[diary.year.name])


def _marks(diary: Diary, days: Sequence[str]) -> Iterator[Row]:
    """`days` are those of the year that are told of."""
    known_as = BEFORE_2024 if diary.year.starts_on.year < 2024 else {}
    sessions = product(days[diary.first :], HALVES)
    for place, (code, (day, half)) in enumerate(zip(diary.marks, sessions, strict=False)):
        if code is not None:
            minutes, comment = diary.notes.get(place, (None, ""))
            yield diary.pupil.upn, day, half, known_as.get(code, code), str(minutes or ""), comment


def contact_rows(school: DemoSchool) -> Iterator[Row]:
    yield _header(
        "UPN,Contact name,Contact relationship,Parental responsibility,Lives with,Priority,"
        "May be written to,Contact address,Contact postcode,Contact email,Contact telephone,"
        "Language"
    )
    for pupil in _told(school):
        for contact in pupil.family.contacts:
            yield (pupil.upn, *_contact(contact))


def _contact(contact: DemoContact) -> Row:
    return (
        contact.name,
        contact.relationship,
        _flag(contact.responsible),
        _flag(contact.lives_with),
        str(contact.priority),
        _flag(contact.may_be_written_to and contact.responsible),
        contact.address,
        contact.postcode,
        contact.email,
        contact.telephone,
        contact.language,
    )


def characteristic_rows(school: DemoSchool) -> Iterator[Row]:
    """Only what holds or held: no row says N."""
    yield "UPN", "Characteristic", "Value", "From", "Until"
    for pupil in _told(school):
        came = pupil.enrolments[0].starts_on
        for spell in pupil.spells:
            start, end = max(spell.from_on, came), spell.until_on or date.max
            if start <= min(end, school.until):
                dates = (start.isoformat(), _ended(school, end))
                yield (pupil.upn, spell.kind, spell.value, *dates)


def staff_rows(school: DemoSchool) -> Iterator[Row]:
    yield "Username", "Name", "Position", "Role", "Registration group", "Email"
    for person in school.staff:
        yield (
            *(person.username, person.name, person.position, person.role),
            *(person.registration_group, person.email),
        )


def group_rows(school: DemoSchool) -> Iterator[Row]:
    """Year and registration group in each academic year, and this year's mathematics set."""
    yield "UPN", "Group", "Kind", "From", "Until"
    for (pupil, enrolment), year in product(enrolments(school), school.years):
        start, end = max(enrolment.starts_on, year.starts_on), _end(enrolment, year)
        if start <= min(end, school.until):
            spell = (start.isoformat(), _ended(school, end))
            for name, kind in _groups(school, pupil, enrolment, year):
                yield (pupil.upn, name, kind, *spell)


def _groups(
    school: DemoSchool, pupil: DemoPupil, enrolment: DemoEnrolment, year: DemoYear
) -> Iterator[tuple[str, str]]:
    """Name and kind of each."""
    year_group = pupil.year_group(year)
    yield str(year_group), "year"
    yield f"{year_group}{enrolment.letter}", "registration"
    if year is school.years[-1]:
        number = dice(school.seed, "set", pupil.upn).randrange(1, 7)
        yield f"{year_group} Maths {number}", "teaching"


def enrolments(school: DemoSchool) -> Iterator[tuple[DemoPupil, DemoEnrolment]]:
    """Those that have begun by `until`."""
    for pupil in school.pupils:
        for enrolment in pupil.enrolments:
            if enrolment.starts_on <= school.until:
                yield pupil, enrolment


FILES = {
    "school.csv": school_rows,
    "calendar.csv": calendar_rows,
    "terms.csv": term_rows,
    "staff.csv": staff_rows,
    "pupils.csv": pupil_rows,
    "contacts.csv": contact_rows,
    "characteristics.csv": characteristic_rows,
    "groups.csv": group_rows,
    "marks.csv": mark_rows,
}


def _told(school: DemoSchool) -> Iterable[DemoPupil]:
    return (p for p in school.pupils if p.enrolments[0].starts_on <= school.until)


def _last_year_of(school: DemoSchool, enrolment: DemoEnrolment) -> DemoYear:
    """The last academic year in which the pupil was here: a leaver keeps that year's group."""
    day = min(school.until, enrolment.leaves_on)
    return next(year for year in reversed(school.years) if year.starts_on <= day)


def _end(enrolment: DemoEnrolment, year: DemoYear) -> date:
    return min(enrolment.leaves_on, year.ends_on)


def _ended(school: DemoSchool, day: date) -> str:
    """A day that has not come yet is not told."""
    return day.isoformat() if day <= school.until else ""


def _header(columns: str) -> Row:
    return tuple(columns.split(","))


def _flag(value: bool) -> str:
    return "Y" if value else "N"
