"""Pupils, their enrolments, year groups and characteristics."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from operator import attrgetter

from registers.exchange.actions.bring import (
    bring_into_line,
    create,
    grouped,
    remove,
    update,
)
from registers.exchange.actions.corrected import Corrections
from registers.exchange.layout.folder import Dated, Folder, PupilRow
from registers.models import AcademicYear, Characteristic, Enrolment, EnrolmentYear, Pupil, School
from registers.models.school.staff import User
from registers.roll.actions.names import keep_former_names
from registers.rules.admission import Dates, is_on_roll_between
from registers.rules.grouping import keyed

Enrolments = dict[tuple[str, date], Enrolment]  # by UPN and date of entry
DAY = timedelta(days=1)
NOT_SO = "N"  # what a file says where a characteristic is not, or no longer, true

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
) -> tuple[Enrolments, Counter[str], Counter[str]]:
    """Gives every enrolment of the school, and the counts of pupils and enrolments."""
    there = keyed(Pupil.objects.filter(school=school), "upn")
    wanted = {
        upn: _pupil(school, row, there.get(upn, Pupil()))
        for upn, row in _latest_rows(folder).items()
    }
    keep_former_names(there, wanted, by=by)
    pupils = bring_into_line(wanted, there, PUPIL_FIELDS)
    enrolments, spells = _write_enrolments(school, folder, wanted, by)
    return enrolments, pupils, spells


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


def _write_enrolments(
    school: School, folder: Folder, pupils: Mapping[str, Pupil], by: User | None
) -> tuple[Enrolments, Counter[str]]:
    there = _enrolments_there(school, folder)
    rows = keyed(folder.pupils, "upn", "starts_on")
    known = ((rows[key], there[key]) for key in rows if key in there)
    corrections = Corrections(school, known, folder.where)
    wanted = {
        (upn, first): Enrolment(
            school=school, pupil=pupils[upn], starts_on=first, leaves_on=row.leaves_on
        )
        for (upn, first), row in rows.items()
    }
    spells = bring_into_line(wanted, there, ["starts_on", "leaves_on"])
    corrections.fit(by)
    return there | wanted, spells


def _enrolments_there(school: School, folder: Folder) -> Enrolments:
    """By UPN and date of entry, which of one that the file corrects is the corrected date."""
    rows = Enrolment.objects.not_void().filter(school=school).select_related("pupil")
    there = keyed(rows, "pupil.upn", "starts_on")
    for row in filter(attrgetter("corrects"), folder.pupils):
        there[row.upn, row.starts_on] = there.pop((row.upn, row.corrects))
    return there


def _latest_rows(folder: Folder) -> dict[str, PupilRow]:
    """By UPN: the latest time on the roll has the name and all else of the pupil."""
    return keyed(sorted(folder.pupils, key=attrgetter("starts_on")), "upn")


def pupils_of(enrolments: Enrolments) -> dict[str, Pupil]:
    return {upn: enrolment.pupil for (upn, _), enrolment in enrolments.items()}


def has_left(spell: Dates, today: date) -> bool:
    return spell.leaves_on is not None and spell.leaves_on < today


def _said(by_file: str | None, before: str) -> str:
    """What a file without the column does not say stays as it is."""
    return before if by_file is None else by_file


def write_year_groups(school: School, folder: Folder, enrolments: Enrolments) -> Counter[str]:
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
    there = keyed(rows, "enrolment_id", "academic_year_id")
    return bring_into_line(wanted, there, ["year_group"])


def _latest_year_groups(
    folder: Folder, enrolments: Enrolments, years: Sequence[AcademicYear]
) -> Iterator[tuple[Enrolment, AcademicYear, str]]:
    for row in filter(attrgetter("year_group"), folder.pupils):
        enrolment = enrolments[row.upn, row.starts_on]
        for year in _years_on_roll(enrolment, years)[-1:]:
            yield enrolment, year, row.year_group


def _years_on_roll(enrolment: Enrolment, years: Iterable[AcademicYear]) -> list[AcademicYear]:
    return [year for year in years if is_on_roll_between(enrolment, year.starts_on, year.ends_on)]


def _dated_year_groups(
    folder: Folder, enrolments: Enrolments, years: Sequence[AcademicYear]
) -> Iterator[tuple[Enrolment, AcademicYear, str]]:
    for (upn, _), enrolment in enrolments.items():
        for dated, year in product(folder.groups.get((upn, "year"), ()), years):
            if _is_so_in(dated, enrolment, year):
                yield enrolment, year, dated.what


def _is_so_in(dated: Dated, enrolment: Enrolment, year: AcademicYear) -> bool:
    first = max(dated.from_on, year.starts_on)
    last = min(dated.until_on or year.ends_on, year.ends_on)
    return first <= last and is_on_roll_between(enrolment, first, last)


def write_characteristics(
    school: School, folder: Folder, enrolments: Enrolments, *, today: date
) -> Counter[str]:
    """characteristics.csv is the whole truth of its pupils' kinds; other changes are from today."""
    pupils = pupils_of(enrolments)
    rows = Characteristic.objects.filter(pupil__school=school).select_related("pupil")
    there = grouped(rows.order_by("from_on"), "pupil.upn", "kind")
    done: Counter[str] = Counter()
    for (upn, kind), dates in folder.characteristics.items():
        done += _as_dated(pupils[upn], kind, dates, there[upn, kind])
    changes = CharacteristicChanges(today)
    for pupil_row, kind, value in _undated(folder):
        upn = pupil_row.upn
        wanted = Characteristic(pupil=pupils[upn], kind=kind, value=value)
        changes.take(pupil_row, wanted, there[upn, kind])
    return done + changes.write()


def _undated(folder: Folder) -> Iterator[tuple[PupilRow, str, str]]:
    """Row, kind and value of what pupils.csv says, and characteristics.csv does not speak of."""
    for upn, row in _latest_rows(folder).items():
        for kind, value in row.characteristics.items():
            if value and (upn, kind) not in folder.characteristics:
                yield row, kind, value


def _as_dated(
    pupil: Pupil, kind: str, dates: Iterable[Dated], old: list[Characteristic]
) -> Counter[str]:
    rows = (
        Characteristic(
            pupil=pupil,
            kind=kind,
            value=dated.what,
            from_on=dated.from_on,
            until_on=dated.until_on,
        )
        for dated in dates
    )
    wanted = keyed(rows, "from_on")
    done = remove([row for row in old if row.from_on not in wanted])
    return done + bring_into_line(wanted, keyed(old, "from_on"), ["value", "until_on"])


class CharacteristicChanges:
    """What is true is kept with its dates; N says that nothing is. Changes are from today."""

    def __init__(self, today: date):
        self.today = today
        self.new: list[Characteristic] = []
        self.changed: list[Characteristic] = []
        self.gone: list[Characteristic] = []

    def take(self, row: PupilRow, wanted: Characteristic, old: Sequence[Characteristic]) -> None:
        """What is true of who has left does not end any more."""
        current = next((row for row in old if row.until_on is None), None)
        if current is None:
            self._begin(wanted, self.today if old else row.starts_on)
        elif current.value != wanted.value and not has_left(row, self.today):
            self._end(current)
            self._begin(wanted, self.today)

    def _begin(self, wanted: Characteristic, first: date) -> None:
        if wanted.value != NOT_SO:
            wanted.from_on = first
            self.new.append(wanted)

    def _end(self, current: Characteristic) -> None:
        if current.from_on >= self.today:
            self.gone.append(current)
        else:
            current.until_on = self.today - DAY
            self.changed.append(current)

    def write(self) -> Counter[str]:
        ended = update(self.changed, ["value", "until_on"])
        return remove(self.gone) + ended + create(self.new)
