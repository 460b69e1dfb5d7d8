"""The years of pupils one by one, for the pupil page, letters, packs and panels.

    calendar = calendar_of(school)                          1 statement
    year = calendar.with_sessions(calendar.year_at(as_at))  1 statement
    pupil_years(enrolments, year, as_at=as_at)              1 statement for any number, with last
                                                            year's weeks one more

They come from the marks themselves and agree with `absence.figures.school.pupils_to`, which adds up
the weekly totals of a whole school.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Sum

from absence.figures.calendar import LOOK_BACK
from absence.rules.academic_year import SchoolYear
from absence.rules.pupil_marks import PupilMark, WeekToDate, weeks_to_date
from absence.rules.pupil_year import PupilYear
from registers.marks.actions.amendments import WHILE_OPEN
from registers.models import Amendment, Enrolment, Mark, WeekTally
from registers.rules.calendar import monday_of
from registers.rules.tally import Tally

COUNTS = ("attended", "authorised", "unauthorised", "late")


def pupil_years(
    enrolments: Collection[Enrolment],
    year: SchoolYear,
    *,
    as_at: date,
    last_year: SchoolYear | None = None,
    today: date | None = None,
    since: date | None = None,
) -> dict[int, PupilYear]:
    """By pupil, the times on the roll of one pupil together.

    `today` lets the marks go on past `as_at`; `since` lets them begin earlier than the ten school
    weeks before the year. Last year's weeks are the pupil's at this school, whichever enrolment
    they hang on.
    """
    first = min(since or date.max, year.starts_on - LOOK_BACK)
    last = min(max(today or as_at, as_at), year.ends_on)
    marks = marks_of(enrolments, first, last)
    pupils = {enrolment.pupil_id for enrolment in enrolments}
    weeks = _weeks_of(pupils, last_year) if last_year else {}
    spells: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in sorted(enrolments, key=lambda one: one.starts_on):
        spells[enrolment.pupil_id].append(enrolment)
    return {
        pupil: PupilYear(year, as_at, theirs, marks.get(pupil, []), weeks.get(pupil, ()))
        for pupil, theirs in spells.items()
    }


def marks_of(
    enrolments: Collection[Enrolment], first: date, last: date
) -> dict[int, list[PupilMark]]:
    """By pupil, the marks of these enrolments between two days, in order, in one statement."""
    pupil_of = {enrolment.pk: enrolment.pupil_id for enrolment in enrolments}
    ids = list(pupil_of)  # said twice: the database may read the changes before the marks
    changed = Amendment.objects.of_codes().filter(
        enrolment__in=ids,
        enrolment=OuterRef("enrolment_id"),
        date=OuterRef("date"),
        half=OuterRef("half"),
    )
    marks = (
        Mark.objects.on_roll()
        .filter(enrolment__in=ids, date__range=(first, last))
        .annotate(amended=Exists(changed.exclude(reason=WHILE_OPEN)))
        .order_by("enrolment_id", "date", "half")
        .values_list("enrolment_id", "date", "half", "code_id", "minutes_late", "amended")
    )
    by_pupil: dict[int, list[PupilMark]] = defaultdict(list)
    for enrolment, day, half, code, minutes_late, amended in marks:
        mark = PupilMark(day, half, code, minutes_late, amended)
        by_pupil[pupil_of[enrolment]].append(mark)
    return {pupil: sorted(theirs) for pupil, theirs in by_pupil.items()}


def marks_of_pupils(pupils: Collection[int], first: date, last: date) -> dict[int, list[PupilMark]]:
    """By pupil, of all times on the roll, in one statement, with where each mark came from and
    when; whether it was changed is not looked up."""
    marks = Mark.objects.on_roll().filter(enrolment__pupil__in=pupils, date__range=(first, last))
    by_pupil: dict[int, list[PupilMark]] = defaultdict(list)
    for pupil, day, half, code, source, at in marks.order_by("date", "half").values_list(
        "enrolment__pupil_id", "date", "half", "code_id", "source", "made_at"
    ):
        by_pupil[pupil].append(PupilMark(day, half, code, source=source, made_at=at))
    return by_pupil


def _weeks_of(pupils: Collection[int], year: SchoolYear) -> dict[int, Sequence[WeekToDate]]:
    """The weekly totals of a whole year by pupil, whichever time on the roll they hang on."""
    rows = (
        WeekTally.objects.filter(
            enrolment__pupil__in=pupils, monday__range=(monday_of(year.starts_on), year.ends_on)
        )
        .values_list("enrolment__pupil_id", "monday")
        .annotate(*map(Sum, COUNTS))
        .order_by()
    )
    weeks: dict[int, dict[date, Tally]] = defaultdict(dict)
    for pupil, monday, *sums in rows:
        weeks[pupil][monday] = Tally(*sums)
    return {pupil: weeks_to_date(theirs) for pupil, theirs in weeks.items()}


def tallies_of_pupils(pupils: Collection[int], first: date, last: date) -> dict[int, Tally]:
    """What the marks between two days add up to, of all times on the roll: for the few pupils of a
    family or a panel. One statement; a pupil without a mark is missing."""
    rows = (
        Mark.objects.on_roll()
        .filter(enrolment__pupil__in=pupils, date__range=(first, last))
        .values_list("enrolment__pupil_id")
        .annotate(*(Sum(f"code__{count}") for count in COUNTS))
        .order_by()
    )
    return {pupil: Tally(*map(int, sums)) for pupil, *sums in rows}
