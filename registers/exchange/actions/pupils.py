"""Pupils, their enrolments, year groups and characteristics."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from registers.exchange.actions.bring import bring_into_line, create, remove, update
from registers.exchange.actions.corrected import Corrections
from registers.exchange.layout.folder import Dated, Folder, PupilRow
from registers.models import AcademicYear, Characteristic, Enrolment, EnrolmentYear, Pupil, School
from registers.models.school.staff import User
from registers.roll.actions.names import keep_former_names
from registers.rules.admission import is_on_roll_between

Enrolments = dict[tuple[str, date], Enrolment]  # by UPN and date of entry
DAY = timedelta(days=1)

PUPIL_FIELDS = (
    "surname",
    "forename",
    "born_on",
    "sex",
    "preferred_name",
    "medical_alert",
    "admission_number",
)


def write_pupils(
    school: School, folder: Folder, *, by: User | None = None
) -> tuple[Enrolments, Counter, Counter]:
    """Gives every enrolment of the school, and the counts of pupils and enrolments."""
    there = {pupil.upn: pupil for pupil in Pupil.objects.filter(school=school)}
    latest = sorted(folder.pupils, key=lambda row: row.starts_on)  # the latest has the name
    wanted = {row.upn: _pupil(school, row, there.get(row.upn) or Pupil()) for row in latest}
    keep_former_names(there, wanted, by=by)
    pupils = bring_into_line(wanted, there, PUPIL_FIELDS)
    old = _enrolments_there(school, folder)
    both = [(row, old.get((row.upn, row.starts_on))) for row in folder.pupils]
    corrections = Corrections(
        ((row, there) for row, there in both if there is not None), folder.where
    )
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


def _pupil(school: School, row: PupilRow, old: Pupil) -> Pupil:
    return Pupil(
        school=school,
        upn=row.upn,
        surname=row.surname,
        forename=row.forename,
        born_on=row.born_on,
        sex=old.sex if "Sex" in row.unsaid else row.sex,
        language=old.language,
        preferred_name=_said(row.preferred_name, old.preferred_name),
        medical_alert=_said(row.medical_alert, old.medical_alert),
        admission_number=_said(row.admission_number, old.admission_number),
    )


def _enrolments_there(school: School, folder: Folder) -> Enrolments:
    """By UPN and date of entry, which of one that the file corrects is the corrected date."""
    old = {
        (row.pupil.upn, row.starts_on): row
        for row in Enrolment.objects.not_void().filter(school=school).select_related("pupil")
    }
    for row in folder.pupils:
        if row.corrects:
            old[row.upn, row.starts_on] = old.pop((row.upn, row.corrects))
    return old


def _said(by_file: str | None, before: str) -> str:
    """What a file without the column does not say stays as it is."""
    return before if by_file is None else by_file


def write_year_groups(school: School, folder: Folder, enrolments: Enrolments) -> Counter:
    """pupils.csv tells of the latest academic year on roll, groups.csv of any."""
    years = list(AcademicYear.objects.filter(school=school).order_by("starts_on"))
    wanted: dict[tuple[int, int], EnrolmentYear] = {}
    for enrolment, year, year_group in (
        *_latest_year_groups(folder, enrolments, years),
        *_dated_year_groups(folder, enrolments, years),
    ):
        row = EnrolmentYear(enrolment=enrolment, academic_year=year, year_group=year_group)
        wanted[enrolment.pk, year.pk] = row
    rows = EnrolmentYear.objects.filter(enrolment__school=school)
    there = {(row.enrolment_id, row.academic_year_id): row for row in rows}
    return bring_into_line(wanted, there, ["year_group"])


def _latest_year_groups(
    folder: Folder, enrolments: Enrolments, years: Sequence[AcademicYear]
) -> Iterator[tuple[Enrolment, AcademicYear, str]]:
    for row in folder.pupils:
        enrolment = enrolments[row.upn, row.starts_on]
        on_roll = [year for year in years if overlap(enrolment, year.starts_on, year.ends_on)]
        if row.year_group and on_roll:
            yield enrolment, on_roll[-1], row.year_group


def _dated_year_groups(
    folder: Folder, enrolments: Enrolments, years: Sequence[AcademicYear]
) -> Iterator[tuple[Enrolment, AcademicYear, str]]:
    for (upn, _), enrolment in enrolments.items():
        for dated in folder.groups.get((upn, "year"), ()):
            for year in years:
                if _is_so_in(dated, enrolment, year):
                    yield enrolment, year, dated.what


def _is_so_in(dated: Dated, enrolment: Enrolment, year: AcademicYear) -> bool:
    first = max(dated.from_on, year.starts_on)
    last = min(dated.until_on or year.ends_on, year.ends_on)
    return first <= last and overlap(enrolment, first, last)


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
    changes = CharacteristicChanges(today)
    for upn, row in _latest_rows(folder).items():
        for kind, value in row.characteristics.items():
            if value and (upn, kind) not in folder.characteristics:
                old = there.get((upn, kind), [])
                changes.take(row, Characteristic(pupil=pupils[upn], kind=kind, value=value), old)
    return done + changes.write()


def _latest_rows(folder: Folder) -> dict[str, PupilRow]:
    return {row.upn: row for row in sorted(folder.pupils, key=lambda row: row.starts_on)}


def _as_dated(
    pupil: Pupil, kind: str, dates: Iterable[Dated], old: list[Characteristic]
) -> Counter:
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


class CharacteristicChanges:
    """What is true is kept with its dates; N says that nothing is. Changes are from today."""

    def __init__(self, today: date):
        self.today = today
        self.new: list[Characteristic] = []
        self.changed: list[Characteristic] = []
        self.gone: list[Characteristic] = []

    def take(self, row: PupilRow, wanted: Characteristic, old: Sequence[Characteristic]) -> None:
        current = next((each for each in old if each.until_on is None), None)
        if (current.value if current else "N") == wanted.value:
            return
        if current is not None and not self._end(current, row):
            return
        if wanted.value != "N":
            wanted.from_on = self.today if old else row.starts_on
            self.new.append(wanted)

    def _end(self, current: Characteristic, row: PupilRow) -> bool:
        """False for who has left: they do not change any more."""
        if row.leaves_on and row.leaves_on < self.today:
            return False
        if current.from_on >= self.today:
            self.gone.append(current)
        else:
            current.until_on = self.today - DAY
            self.changed.append(current)
        return True

    def write(self) -> Counter:
        ended = update(self.changed, ["value", "until_on"])
        return remove(self.gone) + ended + create(self.new)
