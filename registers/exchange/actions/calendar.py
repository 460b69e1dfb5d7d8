"""The school, its academic years, sessions, school weeks and terms."""

from collections import Counter

from registers.exchange.actions.bring import bring_into_line, remove
from registers.exchange.layout.files import SCHOOL_FIELDS
from registers.exchange.layout.folder import Folder, spans
from registers.models import AcademicYear, School, Session, Term
from registers.setup.calendar.actions.school_weeks import number_weeks


def write_school(folder: Folder) -> tuple[School, Counter]:
    """The school of the folder, held until the transaction ends."""
    cells = folder.school
    wanted = {field: cells[column] for field, column in SCHOOL_FIELDS.items()}
    school = School.objects.select_for_update().filter(urn=cells["URN"]).first()
    if school is None:
        return School.objects.create(urn=cells["URN"], **wanted), Counter(new=1)
    changed = {field: text for field, text in wanted.items() if getattr(school, field) != text}
    for field, text in changed.items():
        setattr(school, field, text)
    if changed:
        school.save(update_fields=list(changed))
    return school, Counter(changed=int(bool(changed)))


def write_calendar(school: School, folder: Folder) -> Counter:
    """Sessions of the file; those that it took out, and that nothing needs, are taken out."""
    if not folder.sessions:
        return Counter()
    there = {(row.date, row.half): row for row in Session.objects.filter(school=school)}
    gone = [there.pop(key) for key in folder.taken_out if key in there]
    done = remove(gone)
    years = _write_years(school, folder, there)
    wanted = {
        (day, half.value): Session(
            school=school, academic_year=years[name], date=day, half=half.value
        )
        for (day, half), name in folder.sessions.items()
    }
    done += bring_into_line(wanted, there, ["academic_year_id"])
    if done:
        number_weeks(school, {day for day, _ in there} | {day for day, _ in wanted})
    return done


def _write_years(school: School, folder: Folder, there: dict) -> dict[str, AcademicYear]:
    old = {year.name: year for year in AcademicYear.objects.filter(school=school)}
    names = {year.pk: year.name for year in old.values()}
    merged = {key: names[row.academic_year_id] for key, row in there.items()}
    wanted = {
        name: AcademicYear(school=school, name=name, starts_on=first, ends_on=last)
        for name, (first, last) in spans(
            merged | {(day, half.value): name for (day, half), name in folder.sessions.items()}
        ).items()
    }
    bring_into_line(wanted, old, ["starts_on", "ends_on"])
    return old | wanted


def write_terms(school: School, folder: Folder) -> Counter:
    years = {year.name: year for year in AcademicYear.objects.filter(school=school)}
    there = {
        (term.academic_year_id, term.name): term
        for term in Term.objects.filter(academic_year__school=school)
    }
    wanted = {
        (years[row.year].pk, row.name): Term(
            academic_year=years[row.year],
            name=row.name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in folder.terms
    }
    return bring_into_line(wanted, there, ["starts_on", "ends_on"])
