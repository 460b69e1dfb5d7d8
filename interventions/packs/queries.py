"""What packs are made from, read from the database for all their pupils at once.

The number of statements does not depend on how many pupils there are. Nothing is written here.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from django.db.models import F

from absence.figures.calendar import calendar_of
from absence.figures.pupil_years import tallies_of_pupils
from absence.figures.weeks import missed_by_year_group
from absence.rules.academic_year import SchoolYear
from interventions.packs.files import Changed, PackYear, PupilFile
from interventions.packs.people import (
    characteristics_of,
    contacts_of,
    groups_of,
    siblings_of,
)
from interventions.packs.steps import LONDON, OF_PUPIL, steps_of
from registers.models import Amendment, Enrolment, EnrolmentYear, Mark, School
from registers.rules.calendar import SessionKey
from registers.rules.codes import Half
from registers.rules.grouping import grouped
from registers.rules.tally import NOTHING


def papers(
    school: School, enrolments: Collection[int], *, as_at: date, for_family: bool = False
) -> tuple[PackYear, dict[int, PupilFile]]:
    """All that a pack says of these pupils. Raises NoAcademicYearError.

    The family's copy leaves out other people's contacts, brothers and sisters, and what `steps`
    says.
    """
    calendar = calendar_of(school)
    year = calendar.with_sessions(calendar.year_at(as_at), look_back=False)
    files = particulars(enrolments, year, first=year.starts_on, as_at=as_at)
    pupils = dict(Enrolment.objects.filter(pk__in=files).values_list("pk", "pupil_id"))
    steps = steps_of(list(files), since=year.starts_on, as_at=as_at, for_family=for_family)
    traits = characteristics_of(pupils.values(), as_at)
    contacts = {} if for_family else contacts_of(pupils.values())
    siblings = {} if for_family else siblings_of(school, list(pupils.values()), year, as_at)
    before = calendar.before(year)
    last_year = (
        tallies_of_pupils(pupils.values(), before.starts_on, before.ends_on) if before else {}
    )
    files = {
        pk: replace(
            file,
            steps=steps[pk].in_order,
            withheld=steps[pk].withheld,
            next_steps=steps[pk].next_steps,
            letters=steps[pk].letters,
            characteristics=traits.get(pupils[pk], ()),
            contacts=contacts.get(pupils[pk], ()),
            siblings=siblings.get(pupils[pk], ()),
            last_year=last_year.get(pupils[pk], NOTHING),
        )
        for pk, file in files.items()
    }
    return _pack_year(school, year, as_at, files), files


def _pack_year(
    school: School, year: SchoolYear, as_at: date, files: dict[int, PupilFile]
) -> PackYear:
    """With what the year groups of the pupils missed by week."""
    groups = {file.year_group for file in files.values() if file.year_group}
    missed = missed_by_year_group(year, groups, as_at) if groups else {}
    return PackYear(school.name, as_at, year, missed)


def marks_between(
    enrolments: Collection[int], first: date, last: date, *, of: str = OF_PUPIL
) -> dict[int, dict[SessionKey, str]]:
    marks: dict[int, dict[SessionKey, str]] = defaultdict(dict)
    rows = Mark.objects.on_roll().filter(**{f"{of}__in": enrolments}, date__range=(first, last))
    for pk, on, half, symbol in rows.values_list(of, "date", "half", "code_id"):
        marks[pk][on, Half(half)] = symbol
    return marks


def amendments_between(
    enrolments: Collection[int], first: date, last: date, *, of: str = OF_PUPIL
) -> dict[int, list[Changed]]:
    """Every amendment of a mark of the period, whenever it was made, in the order of making."""
    rows = Amendment.objects.filter(
        **{f"{of}__in": enrolments}, date__range=(first, last)
    ).annotate(asked=F(of))
    in_order = rows.order_by("enrolment__starts_on", "enrolment", "sequence")
    return grouped((amendment.asked, _changed(amendment)) for amendment in in_order)


def _changed(amendment: Amendment) -> Changed:
    return Changed(
        amendment.date,
        amendment.half,
        amendment.code_before,
        amendment.code_after,
        amendment.reason,
        amendment.at.astimezone(LONDON),
        amendment.by_name,
        amendment.by_position,
        amendment.minutes_before,
        amendment.minutes_after,
    )


def particulars(
    enrolments: Collection[int],
    year: SchoolYear,
    *,
    first: date,
    as_at: date,
    of: str = OF_PUPIL,
) -> dict[int, PupilFile]:
    """Name, group, marks and amendments of each: eight statements. `of` is OF_PUPIL for all that
    the pupil was on the roll in the year, or "enrolment" for one time on the roll alone."""
    marks = marks_between(enrolments, first, as_at, of=of)
    amendments = amendments_between(enrolments, first, as_at, of=of)
    spells = _spells(enrolments) if of == OF_PUPIL else {}
    groups = groups_of(enrolments, as_at)
    year_groups = dict(
        EnrolmentYear.objects.filter(enrolment__in=enrolments, academic_year=year.pk).values_list(
            "enrolment_id", "year_group"
        )
    )
    files = {}
    for one in Enrolment.objects.filter(pk__in=enrolments).select_related("pupil"):
        group, tutors = groups.get(one.pk, ("", ""))
        files[one.pk] = PupilFile(
            enrolment_id=one.pk,
            forename=one.pupil.forename,
            surname=one.pupil.surname,
            upn=one.pupil.upn,
            born_on=one.pupil.born_on,
            sex=one.pupil.sex,
            year_group=year_groups.get(one.pk, ""),
            group=group,
            tutors=tutors,
            starts_on=one.starts_on,
            leaves_on=one.leaves_on,
            marks=dict(sorted(marks[one.pk].items())),
            amendments=tuple(amendments[one.pk]),
            spells=tuple(spells.get(one.pk, ())),
        )
    return files


def _spells(enrolments: Collection[int]) -> dict[int, list[tuple[date, date | None]]]:
    """All times on the roll of each pupil, the earliest first."""
    rows = Enrolment.objects.not_void().filter(pupil__enrolments__in=enrolments)
    in_order = rows.order_by("starts_on")
    days = in_order.values_list("pupil__enrolments", "starts_on", "leaves_on")
    return grouped((pk, (first, last)) for pk, first, last in days)


def now_in_london(at: datetime) -> datetime:
    return at.astimezone(LONDON)
