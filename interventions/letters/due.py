"""Which letters are due, and what each says: read from the database set-wise, nothing written."""

from collections import ChainMap, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from operator import attrgetter

from django.db.models import Value

from absence.figures.pupil_years import marks_of_pupils
from absence.figures.rows import AbsenceRow
from absence.figures.school import SchoolToDate, read_school
from absence.rules.academic_year import SchoolYear
from absence.rules.bands import Band
from absence.rules.pupil_marks import PupilMark
from interventions.letters.content import improvement
from interventions.letters.content.figures import absence_figures
from interventions.letters.content.files import LetterPupil
from interventions.letters.crossed_before.queries import history_of, too_many_to_propose
from interventions.models import CrossedBefore, Letter
from interventions.rules import letter_kinds as kinds
from registers.models import Enrolment, School
from registers.rules.grouping import grouped, grouped_by
from registers.rules.tally import NOTHING, Tally, total

AT_ONCE = 200  # pupils whose marks are in memory at a time


@dataclass(frozen=True, slots=True)
class Due:
    """The letters that are due in an academic year: the kind and what it says, by enrolment.

    `listed` are the figures of those whose letter was due on the marks of history alone, where they
    are too many to be proposed.
    """

    year: SchoolYear
    kinds: Mapping[int, str]
    figures: Mapping[int, dict]
    listed: Mapping[int, dict] = field(default_factory=dict)


def read_for_letters(school: School, as_at: date) -> SchoolToDate:
    """The school up to a day with what good news is about: the last weeks by themselves."""
    return read_school(school, as_at, lately=improvement.RECENT_DAYS)


def letters_due(known: SchoolToDate, *, today: date) -> Due:
    """One letter at most for each pupil on roll: the gravest that is due, else good news.

    Not before the pupil has had as many possible sessions as the school wants to see first: two
    days of illness in the first week of September are no pattern.
    """
    written = _written(known.calendar.year)
    chosen = {
        row.enrolment_id: kind
        for row in known.rows_on_roll
        if row.tally.possible >= known.school.letters_after_sessions
        and (kind := _kind_due(known, row, written[row.pupil_id]))
    }
    history = history_of(known.school, known.bands)
    figures, crossed = {}, []
    for letter in _borne_out(known, chosen, today):
        figures[letter.enrolment_id] = letter.figures
        if history.bears_out(chosen[letter.enrolment_id], letter.marks):
            crossed.append(letter.enrolment_id)
    listed = {pk: figures.pop(pk) for pk in too_many_to_propose(crossed)}
    return Due(known.calendar.year, chosen, figures, listed)


Written = list[tuple[str, date]]  # kinds of letters, each with the day that it counts to


def _kind_due(known: SchoolToDate, row: AbsenceRow, written: Written) -> str | None:
    kinds_had = {kind for kind, _ in written}
    concern = kinds.concern_due(row.tally, known.bands, kinds_had)
    if concern or kinds.GOING_WELL in kinds_had:
        return concern
    return kinds.GOING_WELL if _is_going_well(known, row, written) else None


def _is_going_well(known: SchoolToDate, row: AbsenceRow, written: Written) -> bool:
    """And no letter was written in the last weeks."""
    first = known.lately_from
    if first is None or any(on >= first for _, on in written):
        return False
    recent = total(known.lately.get(pk, NOTHING) for pk in row.enrolments)
    return improvement.is_going_well(improvement.Spans(row.tally - recent, recent), known.bands)


def still_due(known: SchoolToDate, wanted: Mapping[int, str], *, today: date) -> Due:
    """Those of these letters, kind by enrolment, that fit the figures of the day."""
    fitting = {
        row.enrolment_id: wanted[row.enrolment_id]
        for row in known.rows_on_roll
        if row.enrolment_id in wanted
        and kinds.still_stands(wanted[row.enrolment_id], row.tally, known.bands)
    }
    return Due(known.calendar.year, fitting, _figures(known, fitting, today))


def _written(year: SchoolYear) -> dict[int, Written]:
    """Each pupil's letters this year: one letter of a kind for a pupil and a period, whatever the
    enrolment.

    What is listed as crossed before Rollbook came counts as written, long before.
    """
    listed = CrossedBefore.objects.filter(academic_year=year.pk)
    rows = Letter.objects.filter(academic_year=year.pk).order_by("pk")
    crossed = listed.values_list("enrolment__pupil_id", "kind", Value(date.min))
    letters = rows.values_list("enrolment__pupil_id", "kind", "as_at")
    return grouped((pk, (kind, on)) for pk, kind, on in chain(crossed, letters))


def figures_for(enrolment: Enrolment, kind: str, *, as_at: date, today: date) -> dict:
    """The figures of a letter that a person writes. Raises ValueError, fit to show, where the
    letter would say what is not so, and NoAcademicYearError."""
    known = read_for_letters(enrolment.school, as_at)
    row = _by_enrolment(known).get(enrolment.pk)
    if row is None:
        raise ValueError(f"This pupil had no session due up to {as_at:%-d %B %Y}.")
    if wrong := kinds.why_not(kind, row.tally, known.bands):
        raise ValueError(wrong)
    figures = _figures(known, {row.enrolment_id: kind}, today).get(row.enrolment_id)
    if figures is None:
        raise ValueError("The marks do not bear this letter out.")
    if kind == kinds.GOING_WELL and not _fewer_lately(figures):
        raise ValueError("Not fewer days were missed in the last weeks than before them.")
    return figures


def _by_enrolment(known: SchoolToDate) -> dict[int, AbsenceRow]:
    """The row of a pupil by every time on the roll."""
    return {pk: row for row in known.rows for pk in row.enrolments}


def _fewer_lately(figures: dict) -> bool:
    recent = figures["recent"]
    return bool(recent) and improvement.is_better(
        improvement.Spans(
            before=_missed(recent["missed_before"], recent["possible_before"]),
            recent=_missed(recent["missed"], recent["possible"]),
        )
    )


def _missed(absent: int, possible: int) -> Tally:
    return Tally(attended=possible - absent, unauthorised=absent)


def figures_now(letters: Iterable[Letter]) -> dict[int, dict | None]:
    """What each letter would say if it were written now; None where it would not be written.

    The statements are as many as there are different days among the letters.
    """
    by_day = grouped_by(letters, attrgetter("enrolment.school_id", "as_at", "dated"))
    return dict(ChainMap(*map(_now, by_day.values())))


def _now(letters: Sequence[Letter]) -> dict[int, dict | None]:
    """Two letters of one day may be about the same enrolment: each kind has its own figures."""
    known = read_for_letters(letters[0].enrolment.school, letters[0].as_at)
    rows = _by_enrolment(known)
    by_kind: dict[str, dict[int, int]] = defaultdict(dict)  # letters, each with its pupil's row
    for letter in letters:
        row = rows.get(letter.enrolment_id)
        if row and _stands(letter, row.tally, known.bands):
            by_kind[letter.kind][letter.pk] = row.enrolment_id
    now: dict[int, dict | None] = {letter.pk: None for letter in letters}
    for kind, about in by_kind.items():
        figures = _figures(known, dict.fromkeys(about.values(), kind), letters[0].dated)
        now |= {pk: figures.get(enrolment) for pk, enrolment in about.items()}
    return now


def _stands(letter: Letter, tally: Tally, bands: Sequence[Band]) -> bool:
    if letter.proposed_by_id is None:
        return kinds.still_stands(letter.kind, tally, bands)
    return kinds.why_not(letter.kind, tally, bands) is None


@dataclass(frozen=True, slots=True)
class _BorneOut:
    """A letter that its pupil's marks bear out, with what it says."""

    enrolment_id: int
    figures: dict
    marks: Sequence[PupilMark]


def _figures(known: SchoolToDate, chosen: Mapping[int, str], today: date) -> dict[int, dict]:
    return {one.enrolment_id: one.figures for one in _borne_out(known, chosen, today)}


def _borne_out(known: SchoolToDate, chosen: Mapping[int, str], today: date) -> Iterator[_BorneOut]:
    """From the marks themselves: one that contradicts the weekly totals leads to no letter."""
    absent = _absent_by_year_group(known)
    for row, marks in _with_marks(known, chosen):
        kind = chosen[row.enrolment_id]
        figures = _figures_of(known, row, marks, absent[row.year_group], today)
        counted = Tally(figures["attended"], figures["authorised"], figures["unauthorised"])
        if kinds.is_borne_out(kind, counted, known.bands):
            yield _BorneOut(row.enrolment_id, figures, marks)


def _with_marks(
    known: SchoolToDate, chosen: Collection[int]
) -> Iterator[tuple[AbsenceRow, Sequence[PupilMark]]]:
    """The rows of these enrolments with the pupils' marks of the year, some hundred at a time."""
    wanted = [row for row in known.rows if row.enrolment_id in chosen]
    for start in range(0, len(wanted), AT_ONCE):
        piece = wanted[start : start + AT_ONCE]
        pupils = [row.pupil_id for row in piece]
        marks = marks_of_pupils(pupils, known.calendar.year.starts_on, known.calendar.as_at)
        yield from ((row, marks[row.pupil_id]) for row in piece)


def _figures_of(
    known: SchoolToDate,
    row: AbsenceRow,
    marks: Sequence[PupilMark],
    year_group_absent: Sequence[int],
    today: date,
) -> dict:
    year = known.calendar.year
    figures = absence_figures(
        marks=marks,
        pupil=pupil_of(row),
        period_starts_on=year.starts_on,
        as_at=known.calendar.as_at,
        year_ends_on=year.ends_on,
        possible_by_year_end=row.tally.possible + row.to_come,
        year_group_absent=year_group_absent,
        today=today,
        recent_from=known.lately_from,
    )
    return figures | {"registration_group": row.registration_group}


def pupil_of(row: AbsenceRow) -> LetterPupil:
    return LetterPupil(
        row.forename, row.surname, row.year_group, row.registration_group, row.sex, row.born_on
    )


def _absent_by_year_group(known: SchoolToDate) -> dict[str, list[int]]:
    rows = filter(attrgetter("tally.possible"), known.rows_on_roll)
    return grouped((row.year_group, row.tally.absent) for row in rows)
