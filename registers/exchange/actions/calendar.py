"""The school, its academic years, sessions, school weeks and terms."""

from collections import Counter
from datetime import date

from registers.exchange.actions.bring import bring_into_line, remove, take_values
from registers.exchange.layout.files import SCHOOL_FIELDS
from registers.exchange.layout.folder import Folder, spans
from registers.models import AcademicYear, School, Session, Term
from registers.rules.codes import Half
from registers.rules.grouping import keyed
from registers.setup.calendar.actions.school_weeks import number_weeks

SessionsThere = dict[tuple[date, int], Session]


def write_school(folder: Folder) -> tuple[School, Counter[str]]:
    """The school of the folder, held until the transaction ends."""
    cells = folder.school
    wanted = {field: cells[column] for field, column in SCHOOL_FIELDS.items()}
    school = School.objects.select_for_update().filter(urn=cells["URN"]).first()
    if school is None:
        return School.objects.create(urn=cells["URN"], **wanted), Counter(new=1)
    changed = take_values(school, wanted)
    if changed:
        school.save(update_fields=changed)
    return school, Counter(changed=int(bool(changed)))


def write_calendar(school: School, folder: Folder) -> Counter[str]:
    """Sessions of the file; those that it took out, and that nothing needs, are taken out."""
    if not folder.sessions:
        return Counter()
    there = keyed(Session.objects.filter(school=school), "date", "half")
    done = remove([there.pop(key) for key in folder.taken_out & there.keys()])
    years = _write_years(school, folder, there)
    sessions = (
        Session(school=school, academic_year=years[name], date=day, half=half.value)
        for (day, half), name in folder.sessions.items()
    )
    wanted = keyed(sessions, "date", "half")
    done += bring_into_line(wanted, there, ["academic_year_id"])
    if done:
        number_weeks(school, {day for day, _ in there | wanted})
    return done


def _write_years(school: School, folder: Folder, there: SessionsThere) -> dict[str, AcademicYear]:
    """By name, each as long as all its sessions: those of the file, and those of Rollbook."""
    old = keyed(AcademicYear.objects.filter(school=school), "name")
    names = {year.pk: year.name for year in old.values()}
    merged = {(day, Half(half)): names[row.academic_year_id] for (day, half), row in there.items()}
    years = (
        AcademicYear(school=school, name=name, starts_on=first, ends_on=last)
        for name, (first, last) in spans(merged | folder.sessions).items()
    )
    wanted = keyed(years, "name")
    bring_into_line(wanted, old, ["starts_on", "ends_on"])
    return old | wanted


def write_terms(school: School, folder: Folder) -> Counter[str]:
    years = keyed(AcademicYear.objects.filter(school=school), "name")
    there = Term.objects.filter(academic_year__school=school)
    terms = (
        Term(
            academic_year=years[row.year],
            name=row.name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in folder.terms
    )
    key = ("academic_year_id", "name")
    return bring_into_line(keyed(terms, *key), keyed(there, *key), ["starts_on", "ends_on"])
