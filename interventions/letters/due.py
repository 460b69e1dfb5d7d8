"""Which letters are due, and what each says: read from the database set-wise, nothing written."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from absence.figures import school as figures
from absence.figures.school import NOTHING, AbsenceRow
from absence.rules.measures import Band, Tally, bands_from_settings, total
from interventions.letters.content import improvement
from interventions.letters.content.figures import absence_figures
from interventions.letters.content.files import (
    LetterPupil,
    LetterSchool,
    MarkOnDay,
    Recipient,
)
from interventions.letters.content.gather import letter_context
from interventions.letters.content.stated import Moved, moved_figures
from interventions.letters.render import letter_html
from interventions.letters.wordings.own_words import OWN_WORDS, Words
from interventions.models import CrossedBefore, Letter, LetterCopy, LetterTemplate
from interventions.rules import letter_kinds as kinds
from registers.models import AcademicYear, Enrolment, Mark, Pupil, School, Session

AT_ONCE = 200  # pupils whose marks are in memory at a time
Year = tuple[int, date, date]  # the academic year, the last day that counts, the day of writing


@dataclass(frozen=True, slots=True)
class Due:
    """The letters that are due in an academic year: the kind and what it says, by enrolment."""

    year: AcademicYear
    kinds: dict[int, str]
    figures: dict[int, dict]

    def without(self, enrolments: Collection[int]) -> "Due":
        """The same but for these."""
        kinds = {pk: kind for pk, kind in self.kinds.items() if pk not in enrolments}
        return Due(self.year, kinds, {pk: self.figures[pk] for pk in kinds})


@dataclass(frozen=True, slots=True)
class _At:
    """The school on one day: what several letters as at that day share."""

    school: School
    year: AcademicYear
    as_at: date
    rows: list[AbsenceRow]
    recent_from: date | None
    to_come: list[date]  # the year's sessions after the day, one date for each


def _at(school: School, year: AcademicYear, as_at: date) -> _At:
    rows = figures.pupils_to(school, as_at)
    sessions = Session.objects.filter(academic_year=year, is_open=True).order_by("date")
    days = list(sessions.values_list("date", flat=True))
    so_far = [day for day in days if day <= as_at]
    return _At(school, year, as_at, rows, improvement.recent_from(so_far), days[len(so_far) :])


def letters_due(school: School, *, as_at: date, today: date) -> Due:
    """One letter at most for each pupil on roll: the gravest that is due, else good news.

    Not before the pupil has had as many possible sessions as the school wants to see first: two
    days of illness in the first week of September are no pattern. Raises NoAcademicYearError.
    """
    year = figures.academic_year_at(school, as_at)
    at = _at(school, year, as_at)
    bands = bands_from_settings(school.bands)
    had = _had(year)
    lately = figures.tallies_between(school, at.recent_from, as_at) if at.recent_from else {}
    chosen: dict[int, str] = {}
    for row in at.rows:
        if not row.is_on_roll(as_at) or row.tally.possible < school.letters_after_sessions:
            continue
        kinds_had = {kind for kind, _ in had[row.pupil_id]}
        kind = kinds.concern_due(row.tally, bands, kinds_had)
        if kind is None and kinds.GOING_WELL not in kinds_had and at.recent_from:
            recent = total(lately.get(pk, NOTHING) for pk in row.enrolments)
            spans = improvement.Spans(improvement.minus(row.tally, recent), recent)
            written_lately = any(on >= at.recent_from for _, on in had[row.pupil_id])
            if not written_lately and improvement.is_going_well(spans, bands):
                kind = kinds.GOING_WELL
        if kind is not None:
            chosen[row.enrolment_id] = kind
    found = dict(_figures(at, chosen, today=today))
    return Due(year, {pk: kind for pk, kind in chosen.items() if pk in found}, found)


def still_due(
    school: School, wanted: dict[int, str], *, year: AcademicYear, as_at: date, today: date
) -> Due:
    """Those of these letters, kind by enrolment, that fit the figures of the day."""
    at = _at(school, year, as_at)
    bands = bands_from_settings(school.bands)
    fitting = {
        row.enrolment_id: wanted[row.enrolment_id]
        for row in at.rows
        if row.enrolment_id in wanted
        and row.is_on_roll(as_at)
        and kinds.still_stands(wanted[row.enrolment_id], row.tally, bands)
    }
    found = dict(_figures(at, fitting, today=today))
    return Due(year, {pk: kind for pk, kind in fitting.items() if pk in found}, found)


def _had(year: AcademicYear) -> dict[int, list[tuple[str, date]]]:
    """The kinds of each pupil's letters this year, with the day that each counts to: one letter
    of a kind for a pupil and a period, whatever the enrolment.

    What is listed as crossed before Rollbook came counts as written, long before.
    """
    had = defaultdict(list)
    listed = CrossedBefore.objects.filter(academic_year=year)
    for pk, kind in listed.values_list("enrolment__pupil_id", "kind"):
        had[pk].append((kind, date.min))
    rows = Letter.objects.filter(academic_year=year).order_by("pk")
    for pk, kind, on in rows.values_list("enrolment__pupil_id", "kind", "as_at"):
        had[pk].append((kind, on))
    return had


def figures_for(
    enrolment: Enrolment, kind: str, *, year: AcademicYear, as_at: date, today: date
) -> dict:
    """The figures of a letter that a person writes. Raises ValueError, fit to show, where the
    letter would say what is not so."""
    school = enrolment.school
    at = _at(school, year, as_at)
    row = next((row for row in at.rows if enrolment.pk in row.enrolments), None)
    if row is None:
        raise ValueError(f"This pupil had no session due up to {as_at:%-d %B %Y}.")
    wrong = kinds.why_not(kind, row.tally, bands_from_settings(school.bands))
    if wrong:
        raise ValueError(wrong)
    found = dict(_figures(at, {row.enrolment_id: kind}, today=today)).get(row.enrolment_id)
    if found is None:
        raise ValueError("The marks do not bear this letter out.")
    if kind == kinds.GOING_WELL and not _fewer_lately(found):
        raise ValueError("Not fewer days were missed in the last weeks than before them.")
    return found


def _fewer_lately(found: dict) -> bool:
    recent = found["recent"]
    return bool(recent) and (
        recent["missed"] * recent["possible_before"] < recent["missed_before"] * recent["possible"]
    )


def figures_now(letters: Iterable[Letter]) -> dict[int, dict | None]:
    """What each letter would say if it were written now; None where it would not be written.

    The statements are as many as there are different days among the letters.
    """
    by_day: dict[Year, list[Letter]] = defaultdict(list)
    for letter in letters:
        by_day[letter.academic_year_id, letter.as_at, letter.dated].append(letter)
    now: dict[int, dict | None] = {}
    for together in by_day.values():
        now |= _now(together)
    return now


def _now(letters: Sequence[Letter]) -> dict[int, dict | None]:
    first = letters[0]
    school = first.enrolment.school
    at = _at(school, first.academic_year, first.as_at)
    bands = bands_from_settings(school.bands)
    rows = {pk: row for row in at.rows for pk in row.enrolments}  # of a pupil's every spell
    # Two letters of one day may be about the same enrolment: each kind has figures of its own.
    now: dict[int, dict | None] = {letter.pk: None for letter in letters}
    for kind in {letter.kind for letter in letters}:
        of_kind = [letter for letter in letters if letter.kind == kind]
        about = {letter.pk: rows.get(letter.enrolment_id) for letter in of_kind}
        wanted = {row.enrolment_id: kind for row in about.values() if row}
        found = dict(_figures(at, wanted, today=first.dated))
        for letter in of_kind:
            row = about[letter.pk]
            if row is not None and _stands(letter, row.tally, bands):
                now[letter.pk] = found.get(row.enrolment_id)
    return now


def _stands(letter: Letter, tally: Tally, bands: Sequence[Band]) -> bool:
    if letter.proposed_by_id is None:
        return kinds.still_stands(letter.kind, tally, bands)
    return kinds.why_not(letter.kind, tally, bands) is None


def _figures(at: _At, chosen: dict[int, str], *, today: date) -> Iterator[tuple[int, dict]]:
    """From the marks themselves: one that contradicts the weekly totals leads to no letter."""
    absent = _absent_by_year_group(at.rows, at.as_at)
    wanted = [row for row in at.rows if row.enrolment_id in chosen]
    pupils = Pupil.objects.in_bulk([row.pupil_id for row in wanted])
    bands = bands_from_settings(at.school.bands)
    for start in range(0, len(wanted), AT_ONCE):
        piece = wanted[start : start + AT_ONCE]
        marks = _marks([row.pupil_id for row in piece], at.year.starts_on, at.as_at)
        for row in piece:
            kind = chosen[row.enrolment_id]
            left = [day for day in at.to_come if row.leaves_on is None or day <= row.leaves_on]
            try:
                found = absence_figures(
                    marks=marks[row.pupil_id],
                    pupil=letter_pupil(
                        pupils[row.pupil_id], row.year_group, row.registration_group
                    ),
                    period_starts_on=at.year.starts_on,
                    as_at=at.as_at,
                    year_ends_on=at.year.ends_on,
                    possible_by_year_end=row.tally.possible + len(left),
                    year_group_absent=absent[row.year_group],
                    today=today,
                    recent_from=at.recent_from,
                    may_be_none=kinds.KINDS[kind].is_meeting,
                )
            except ValueError:  # nothing missed
                continue
            counted = Tally(found["attended"], found["authorised"], found["unauthorised"])
            if kinds.why_not(kind, counted, bands) is None:
                yield row.enrolment_id, found | {"registration_group": row.registration_group}


def _absent_by_year_group(rows: Collection[AbsenceRow], as_at: date) -> dict[str, list[int]]:
    absent = defaultdict(list)
    for row in rows:
        if row.tally.possible and row.is_on_roll(as_at):
            absent[row.year_group].append(row.tally.absent)
    return absent


def _marks(pupils: Collection[int], first: date, last: date) -> dict[int, list[MarkOnDay]]:
    """By pupil, of all times on the roll."""
    marks = defaultdict(list)
    rows = Mark.objects.on_roll().filter(enrolment__pupil__in=pupils, date__range=(first, last))
    for pk, on, half, symbol in rows.order_by("enrolment__pupil", "date", "half").values_list(
        "enrolment__pupil_id", "date", "half", "code_id"
    ):
        marks[pk].append(MarkOnDay(on, half, symbol))
    return marks


def letter_pupil(pupil: Pupil, year_group: str, registration_group: str) -> LetterPupil:
    return LetterPupil(
        pupil.forename,
        pupil.surname,
        year_group,
        registration_group,
        pupil.sex,
        pupil.born_on,
    )


def templates_in_force(school: School) -> dict[str, LetterTemplate]:
    """The school's own words by kind, the highest version of each; one statement."""
    newest: dict[str, LetterTemplate] = {}
    for template in LetterTemplate.objects.filter(school=school).order_by("kind", "version"):
        newest[template.kind] = template
    return newest


def words_of(letter: Letter) -> Words:
    """The words that a letter is drawn with: the school's own where it has them."""
    if letter.template is None:
        return OWN_WORDS[letter.kind]
    return Words(letter.template.subject, letter.template.body)


def context_of(copy: LetterCopy) -> dict:
    """All that one copy shows, from its letter's figures as they were kept."""
    letter = Letter.objects.select_related("enrolment__pupil", "enrolment__school", "template").get(
        pk=copy.letter_id
    )
    recipient = Recipient(copy.recipient, copy.address.splitlines(), copy.language)
    return _context(letter, letter.figures, recipient)


def moved_in(letter: Letter, now: dict) -> list[Moved]:
    """Which of the figures that this letter states are others now than when it was drawn."""
    nobody = Recipient("", [], "")
    return moved_figures(
        letter.figures,
        now,
        lambda figures: letter_html(letter.kind, _context(letter, figures, nobody)),
    )


def _context(letter: Letter, figures: dict, recipient: Recipient) -> dict:
    context = letter_context(
        letter.kind,
        figures,
        school=letter_school(letter.enrolment.school),
        pupil=letter_pupil(
            letter.enrolment.pupil, figures["year_group"], figures["registration_group"]
        ),
        recipient=recipient,
        signatory_name=letter.enrolment.school.headteacher,
        signatory_role="Headteacher",
        reference=letter.reference,
        dated=letter.dated,
        details=letter.details,
    )
    return context | {"words": words_of(letter)}


def letter_school(school: School) -> LetterSchool:
    """What a letterhead says of the school."""
    return LetterSchool(
        school.name,
        school.headteacher,
        [*school.address.splitlines(), school.postcode],
        school.telephone,
        school.email,
    )
