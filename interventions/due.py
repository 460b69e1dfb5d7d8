"""Which letters are due, and what each says: read from the database set-wise, nothing written."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from absence import figures
from absence.figures import AbsenceRow
from interventions.letters.gather import (
    LetterPupil,
    LetterSchool,
    MarkOnDay,
    Recipient,
    persistent_absence_context,
    persistent_absence_figures,
)
from interventions.models import Letter, LetterCopy
from registers.models import AcademicYear, Mark, Pupil, School

AT_ONCE = 200  # pupils whose marks are in memory at a time


@dataclass(frozen=True, slots=True)
class Due:
    """The letters that are due in an academic year: what each says, by enrolment."""

    year: AcademicYear
    figures: dict[int, dict]


def for_persistent_absence(school: School, *, as_at: date, today: date) -> Due:
    """A letter for each pupil on roll who is persistently absent and has had none this year.

    Not before the pupil has had as many possible sessions as the school wants to see first: two
    days of illness in the first week of September are no pattern. Raises NoAcademicYearError.
    """
    year = figures.academic_year_at(school, as_at)
    rows = figures.absence_to(school, as_at)
    had_one = set(
        Letter.objects.filter(kind="persistent_absence", academic_year=year).values_list(
            "enrolment_id", flat=True
        )
    )
    chosen = [
        row
        for row in rows
        if row.tally.persistently_absent
        and row.tally.possible >= school.letters_after_sessions
        and row.is_on_roll(as_at)
        and row.enrolment_id not in had_one
    ]
    return Due(year, dict(_figures(year, rows, chosen, as_at=as_at, today=today)))


def figures_of(letter: Letter) -> dict | None:
    """What the letter would say if it were written now; None if it would not be written."""
    rows = figures.absence_to(letter.enrolment.school, letter.as_at)
    chosen = [row for row in rows if row.enrolment_id == letter.enrolment_id]
    found = _figures(letter.academic_year, rows, chosen, as_at=letter.as_at, today=letter.dated)
    return dict(found).get(letter.enrolment_id)


def _figures(
    year: AcademicYear,
    rows: Collection[AbsenceRow],
    chosen: Sequence[AbsenceRow],
    *,
    as_at: date,
    today: date,
) -> Iterator[tuple[int, dict]]:
    """From the marks themselves: one that contradicts the weekly totals leads to no letter."""
    to_come = sorted(figures.sessions_left(year, as_at).elements())
    absent = _absent_by_year_group(rows, as_at)
    pupils = Pupil.objects.in_bulk([row.pupil_id for row in chosen])
    for start in range(0, len(chosen), AT_ONCE):
        piece = chosen[start : start + AT_ONCE]
        marks = _marks([row.enrolment_id for row in piece], year.starts_on, as_at)
        for row in piece:
            left = [day for day in to_come if row.leaves_on is None or day <= row.leaves_on]
            try:
                found = persistent_absence_figures(
                    marks=marks[row.enrolment_id],
                    pupil=_letter_pupil(
                        pupils[row.pupil_id], row.year_group, row.registration_group
                    ),
                    period_starts_on=year.starts_on,
                    as_at=as_at,
                    year_ends_on=year.ends_on,
                    possible_by_year_end=row.tally.possible + len(left),
                    year_group_absent=absent[row.year_group],
                    today=today,
                )
            except ValueError:  # nothing missed
                continue
            if found["persistently_absent"]:
                yield row.enrolment_id, found | {"registration_group": row.registration_group}


def _absent_by_year_group(rows: Collection[AbsenceRow], as_at: date) -> dict[str, list[int]]:
    absent = defaultdict(list)
    for row in rows:
        if row.tally.possible and row.is_on_roll(as_at):
            absent[row.year_group].append(row.tally.absent)
    return absent


def _marks(enrolments: Collection[int], first: date, last: date) -> dict[int, list[MarkOnDay]]:
    marks = defaultdict(list)
    rows = Mark.objects.filter(enrolment__in=enrolments, date__range=(first, last))
    for pk, on, half, symbol in rows.order_by("enrolment", "date", "half").values_list(
        "enrolment_id", "date", "half", "code_id"
    ):
        marks[pk].append(MarkOnDay(on, half, symbol))
    return marks


def _letter_pupil(pupil: Pupil, year_group: str, registration_group: str) -> LetterPupil:
    return LetterPupil(pupil.forename, pupil.surname, year_group, registration_group, pupil.sex)


def context_of(copy: LetterCopy) -> dict:
    """All that one copy shows, from its letter's figures as they were kept."""
    letter = Letter.objects.select_related("enrolment__pupil", "enrolment__school").get(
        pk=copy.letter_id
    )
    school, kept = letter.enrolment.school, letter.figures
    return persistent_absence_context(
        kept,
        school=LetterSchool(
            school.name,
            school.headteacher,
            [*school.address.splitlines(), school.postcode],
            school.telephone,
            school.email,
        ),
        pupil=_letter_pupil(letter.enrolment.pupil, kept["year_group"], kept["registration_group"]),
        recipient=Recipient(copy.recipient, copy.address.splitlines(), copy.language),
        signatory_name=school.headteacher,
        signatory_role="Headteacher",
        reference=letter.reference,
        dated=letter.dated,
    )
