"""Pupils, their enrolments, year groups and characteristics."""

from collections import Counter
from datetime import date, timedelta

from registers.exchange.actions.bring import bring_into_line, create, remove, update
from registers.exchange.actions.corrected import Corrections
from registers.exchange.layout.folder import Folder, PupilRow
from registers.models import AcademicYear, Characteristic, Enrolment, EnrolmentYear, Pupil, School
from registers.models.school.staff import User
from registers.roll.actions.names import keep_former_names
from registers.rules.admission import is_on_roll_between

Enrolments = dict[tuple[str, date], Enrolment]  # by UPN and date of entry
DAY = timedelta(days=1)


def write_pupils(
    school: School, folder: Folder, *, by: User | None = None
) -> tuple[Enrolments, Counter, Counter]:
    """Gives every enrolment of the school, and the counts of pupils and enrolments."""
    there = {pupil.upn: pupil for pupil in Pupil.objects.filter(school=school)}
    wanted = {}
    for row in sorted(folder.pupils, key=lambda row: row.starts_on):  # the latest has the name
        old_pupil = there.get(row.upn) or Pupil()
        wanted[row.upn] = Pupil(
            school=school,
            upn=row.upn,
            surname=row.surname,
            forename=row.forename,
            born_on=row.born_on,
            sex=old_pupil.sex if "Sex" in row.unsaid else row.sex,
            language=old_pupil.language,
            preferred_name=_said(row.preferred_name, old_pupil.preferred_name),
            medical_alert=_said(row.medical_alert, old_pupil.medical_alert),
            admission_number=_said(row.admission_number, old_pupil.admission_number),
        )
    fields = [
        "surname",
        "forename",
        "born_on",
        "sex",
        "preferred_name",
        "medical_alert",
        "admission_number",
    ]
    keep_former_names(there, wanted, by=by)
    pupils = bring_into_line(wanted, there, fields)
    old = {
        (row.pupil.upn, row.starts_on): row
        for row in Enrolment.objects.not_void().filter(school=school).select_related("pupil")
    }
    for row in folder.pupils:
        if row.corrects:
            old[row.upn, row.starts_on] = old.pop((row.upn, row.corrects))
    keys = [(row, old.get((row.upn, row.starts_on))) for row in folder.pupils]
    there_already = ((row, there) for row, there in keys if there is not None)
    corrections = Corrections(there_already, folder.where)
    new = {
        (row.upn, row.starts_on): Enrolment(
            school=school,
            pupil=wanted[row.upn],
            starts_on=row.starts_on,
            leaves_on=row.leaves_on,
        )
        for row in folder.pupils
    }
    spells = bring_into_line(new, old, ["starts_on", "leaves_on"])
    corrections.fit(by)
    return old | new, pupils, spells


def _said(by_file: str | None, before: str) -> str:
    """What a file without the column does not say stays as it is."""
    return before if by_file is None else by_file


def write_year_groups(school: School, folder: Folder, enrolments: Enrolments) -> Counter:
    """pupils.csv tells of the latest academic year on roll, groups.csv of any."""
    years = list(AcademicYear.objects.filter(school=school).order_by("starts_on"))
    wanted: dict[tuple[int, int], EnrolmentYear] = {}

    def want(enrolment: Enrolment, year: AcademicYear, year_group: str) -> None:
        row = EnrolmentYear(enrolment=enrolment, academic_year=year, year_group=year_group)
        wanted[enrolment.pk, year.pk] = row

    for row in folder.pupils:
        enrolment = enrolments[row.upn, row.starts_on]
        on_roll = [year for year in years if overlap(enrolment, year.starts_on, year.ends_on)]
        if row.year_group and on_roll:
            want(enrolment, on_roll[-1], row.year_group)
    for (upn, _), enrolment in enrolments.items():
        for dated in folder.groups.get((upn, "year"), ()):
            for year in years:
                first = max(dated.from_on, year.starts_on)
                last = min(dated.until_on or year.ends_on, year.ends_on)
                if first <= last and overlap(enrolment, first, last):
                    want(enrolment, year, dated.what)
    rows = EnrolmentYear.objects.filter(enrolment__school=school)
    there = {(row.enrolment_id, row.academic_year_id): row for row in rows}
    return bring_into_line(wanted, there, ["year_group"])


def overlap(enrolment: Enrolment, first: date, last: date) -> bool:
    return is_on_roll_between(enrolment, first, last)


def write_characteristics(
    school: School, folder: Folder, enrolments: Enrolments, *, today: date
) -> Counter:
    """characteristics.csv is the whole truth of its pupils' kinds; other changes are from today."""
    pupils = {upn: enrolment.pupil for (upn, _), enrolment in enrolments.items()}
    there: dict[tuple[str, str], list[Characteristic]] = {}
    rows = Characteristic.objects.filter(pupil__school=school).select_related("pupil")
    for row in rows.order_by("from_on"):
        there.setdefault((row.pupil.upn, row.kind), []).append(row)
    done = Counter()
    for key, dates in folder.characteristics.items():
        done += _as_dated(pupils[key[0]], key[1], dates, there.get(key, []))
    new, changed, gone = [], [], []
    for upn, row in _latest_rows(folder).items():
        for kind, value in row.characteristics.items():
            if value and (upn, kind) not in folder.characteristics:
                old = there.get((upn, kind), [])
                _from_today(pupils[upn], row, kind, value, old, today, new, changed, gone)
    return done + remove(gone) + update(changed, ["value", "until_on"]) + create(new)


def _latest_rows(folder: Folder) -> dict[str, PupilRow]:
    return {row.upn: row for row in sorted(folder.pupils, key=lambda row: row.starts_on)}


def _as_dated(pupil: Pupil, kind: str, dates, old: list[Characteristic]) -> Counter:
    wanted = {
        dated.from_on: Characteristic(
            pupil=pupil,
            kind=kind,
            value=dated.what,
            from_on=dated.from_on,
            until_on=dated.until_on,
        )
        for dated in dates
    }
    there = {row.from_on: row for row in old}
    done = remove(row for row in old if row.from_on not in wanted)
    return done + bring_into_line(wanted, there, ["value", "until_on"])


def _from_today(pupil, row: PupilRow, kind, value, old, today, new, changed, gone) -> None:
    """What is true is kept with its dates; N says that nothing is."""
    current = next((one for one in old if one.until_on is None), None)
    if (current.value if current else "N") == value:
        return
    if current and row.leaves_on and row.leaves_on < today:
        return  # who has left does not change any more
    if current and current.from_on >= today:
        gone.append(current)
    elif current:
        current.until_on = today - DAY
        changed.append(current)
    if value != "N":
        first = today if old else row.starts_on
        new.append(Characteristic(pupil=pupil, kind=kind, value=value, from_on=first))
