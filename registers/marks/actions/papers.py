"""The papers that some codes need: one for each pupil, academic year and code with such marks.

Where marks are written, the papers follow in the same transaction: listed, counted anew, and
completed by what was written down beside the mark or is part of a plan. A fixed number of
statements, whatever the number of pupils.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone

from registers import policies
from registers.marks.actions import sql as mark_sql
from registers.models import Paper, School
from registers.models.on_roll import ON_ROLL_SQL
from registers.models.school.staff import User
from registers.rules.codes import NEED_PAPER
from registers.rules.papers import paper_said

LIST = """
    INSERT INTO registers_paper AS paper
           (enrolment_id, academic_year_id, code_id, first_on, last_on, sessions, note)
    SELECT mark.enrolment_id, year.id, mark.code, MIN(mark.date), MAX(mark.date), COUNT(*), ''
      FROM registers_enrolment enrolment
      JOIN registers_academicyear year
        ON year.school_id = enrolment.school_id AND year.starts_on <= %s AND year.ends_on >= %s
      JOIN registers_mark mark
        ON mark.enrolment_id = enrolment.id AND mark.date BETWEEN year.starts_on AND year.ends_on
     WHERE enrolment.id IN ({enrolments}) AND mark.code IN ({codes}) AND {on_roll}
     GROUP BY mark.enrolment_id, year.id, mark.code
     ORDER BY mark.enrolment_id, year.id, mark.code
    ON CONFLICT (enrolment_id, academic_year_id, code_id) DO UPDATE
       SET first_on = excluded.first_on, last_on = excluded.last_on, sessions = excluded.sessions
"""
APART = "; "

Listed = dict[tuple[int, str], list[Paper]]  # by enrolment and code: one of each academic year


class PaperDetails(NamedTuple):
    """What somebody wrote down beside a mark whose code needs it."""

    enrolment_id: int
    code: str
    on: date
    text: str


def list_papers(
    enrolments: Collection[int],
    *,
    first: date,
    last: date,
    said: Sequence[PaperDetails] = (),
    by_id: int | None = None,
    fewer: bool = False,
) -> Listed:
    """Bring the papers of these enrolments into line with their marks, in the academic years that
    the days from `first` to `last` are of; all those papers.

    `said` completes its paper, by `by_id`; a plan for the same code completes one that is still
    missing, by who made the plan. `fewer`: marks with such codes were changed to others. The
    caller holds the enrolments. Three statements, and one more with `fewer`.
    """
    if not enrolments:
        return {}
    if fewer:
        _of_these(enrolments, first, last).update(sessions=0)
    sql = LIST.format(enrolments=_holes(enrolments), codes=_holes(NEED_PAPER), on_roll=ON_ROLL_SQL)
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(last), str(first), *enrolments, *NEED_PAPER])
    papers = _with_plans(enrolments, first, last)
    listed: Listed = defaultdict(list)
    for paper in papers:
        listed[paper.enrolment_id, paper.code_id].append(paper)
    texts = _by_paper(listed, said)
    moved = [paper for paper in papers if _is_completed(paper, texts[paper.pk], by_id)]
    Paper.objects.bulk_update(moved, ["note", "completed_at", "completed_by"])
    return listed


@transaction.atomic
def complete_papers(*, school: School, papers: Mapping[int, str | None], by: User) -> int:
    """The school holds these papers now, with what was written down of each; None leaves that as
    it is. How many were still missing. To one that somebody else completed meanwhile, what was
    written is added.
    """
    done = 0
    rows = _held_for(school, papers, by)
    for paper in rows:
        text = papers[paper.pk]
        if paper.completed_at is None:
            paper.note = paper.note if text is None else text
            paper.completed_at, paper.completed_by, done = timezone.now(), by, done + 1
        elif text:
            paper.note = joined(paper.note, text)
    Paper.objects.bulk_update(rows, ["note", "completed_at", "completed_by"])
    return done


@transaction.atomic
def reopen_papers(*, school: School, papers: Collection[int], by: User) -> int:
    """Put papers back on the list of those that are missing; what was written down stays."""
    pks = [paper.pk for paper in _held_for(school, papers, by)]
    there = Paper.objects.filter(pk__in=pks).complete()
    return there.update(completed_at=None, completed_by=None)


def _held_for(school: School, papers: Collection[int], by: User) -> list[Paper]:
    """These papers of the school, their enrolments held as a save holds them."""
    policies.check(by, "plan_absence", school=school)
    theirs = Paper.objects.of_school(school).filter(pk__in=list(papers))
    mark_sql.lock_rows(sorted(set(theirs.values_list("enrolment_id", flat=True))))
    return list(theirs.order_by("pk"))


def paper_on(listed: Listed, enrolment_id: int, code: str, on: date) -> Paper | None:
    """The paper of one mark among those listed; None on a day outside every academic year."""
    for paper in listed.get((enrolment_id, code), ()):
        if paper.academic_year.starts_on <= on <= paper.academic_year.ends_on:
            return paper
    return None


def _holes(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _of_these(enrolments: Collection[int], first: date, last: date) -> QuerySet[Paper]:
    return Paper.objects.filter(
        enrolment__in=enrolments,
        academic_year__starts_on__lte=last,
        academic_year__ends_on__gte=first,
    )


def _with_plans(enrolments: Collection[int], first: date, last: date) -> list[Paper]:
    """Each paper once, with what the plan for its code says that was made last."""
    plans = "enrolment__planned_absences"
    theirs = Q(
        (f"{plans}__code", F("code")),
        (f"{plans}__withdrawn_at__isnull", True),
        (f"{plans}__from_on__lte", F("last_on")),
        (f"{plans}__until_on__gte", F("first_on")),
    )
    found = (
        _of_these(enrolments, first, last)
        .annotate(
            plan=FilteredRelation(plans, condition=theirs),
            planned_by_id=F("plan__made_by"),
            plan_activity=F("plan__activity"),
            plan_place=F("plan__place"),
            plan_supervised_by=F("plan__supervised_by"),
            plan_note=F("plan__note"),
            plan_agreed_with=F("plan__agreed_with"),
            plan_agreed_on=F("plan__agreed_on"),
        )
        .select_related("academic_year")
        .order_by("pk", "plan__made_at", "plan__pk")
    )
    return list({paper.pk: paper for paper in found}.values())


def _by_paper(listed: Listed, said: Iterable[PaperDetails]) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = defaultdict(list)
    for one in said:
        paper = paper_on(listed, one.enrolment_id, one.code, one.on)
        if paper is not None and one.text not in texts[paper.pk]:
            texts[paper.pk].append(one.text)
    return texts


def _is_completed(paper: Paper, texts: Sequence[str], by_id: int | None) -> bool:
    """Complete the paper with what was said of it, or planned; whether anything became of it."""
    before = (paper.note, paper.completed_at)
    for text in texts:
        paper.note = joined(paper.note, text)
    completed_by = by_id if texts else None
    if not texts and paper.completed_at is None and (planned := _planned(paper)):
        paper.note = joined(paper.note, planned)
        completed_by = paper.planned_by_id  # type: ignore[attr-defined]
    if completed_by is not None:
        paper.completed_at, paper.completed_by_id = timezone.now(), completed_by
    return before != (paper.note, paper.completed_at)


def _planned(paper: Paper) -> str:
    said: dict = {
        name: getattr(paper, f"plan_{name}") or ""
        for name in (
            *("activity", "place", "supervised_by"),
            *("note", "agreed_with", "agreed_on"),
        )
    }
    return paper_said(paper.code_id, **said)


def joined(note: str, text: str) -> str:
    """A second activity of the year stands behind the first, while there is room for both."""
    if f"{APART}{text}{APART}" in f"{APART}{note}{APART}":
        return note
    both = APART.join([note, text]) if note else text
    return both if len(both) <= Paper.MOST else text
