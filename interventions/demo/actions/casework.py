"""Casework of the invented school: what was done about absence, written down as staff would.

Everything goes through the actions that people use, so nothing here could not have been typed.
The same school on the same day gets the same casework; a school with a log is left alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle, filterfalse
from operator import attrgetter
from random import Random

from django.db import transaction

from absence.figures import school as figures
from absence.figures.rows import AbsenceRow
from interventions.demo.actions.day import plan_absences, ring_home, sign_some_out
from interventions.demo.actions.stage import Stage, Told, parent_of, stage_of
from interventions.log.actions import (
    NextStep,
    WhatWasDone,
    finish_next_step,
    log_intervention,
)
from interventions.models import Intervention
from interventions.rules.evidence_files import Upload, looked_at
from registers.models import Enrolment, Mark, School
from registers.models.school.staff import User

PUPILS = 25
ENOUGH = 20  # possible sessions, to be told of
OF_SEVERE = 6  # of them, at most so many who miss half or more


@dataclass(frozen=True, slots=True)
class Episode:
    """One action of a story, so many school days ago; `next_step` is what it led to, and the next
    step of the story is what came of that."""

    ago: int
    kind: str
    note: str
    outcome: str
    next_step: str = ""
    with_whom: str = "{parent}"
    own_kind: str = ""
    role: str = "attendance_officer"
    sensitive: bool = False
    paper: str = ""


ILL = (
    Episode(38, "conversation", "Rang home after the third day of illness in a fortnight.",
         "{parent} says {name} has stomach aches on most mornings. Has not been to the GP.",
         "Ask how the GP appointment went"),
    Episode(30, "information_request", "Asked {parent} how the appointment went, and for a note.",
         "Seen by the GP; waiting for a referral. {parent} will bring the letter.",
         "Meet {parent} about what would help on the mornings"),
    Episode(17, "early_meeting", "Met {parent} and {name} in school. Looked at the year together.",
         "Agreed: come in even when it is late, go to the medical room if the pain comes back.",
         "Look at the four weeks since the meeting", with_whom="{parent} and {name}"),
)  # fmt: skip
ILL_OFTEN = (
    Episode(33, "conversation", "Rang home about the days of illness since September.",
         "{parent} says it is colds and headaches. Will send {name} in when it is only a cold.",
         "See whether the days become fewer"),
    Episode(20, "conversation", "Talked with {name} about the days, with the year on screen.",
         "{name} had not known what they add up to. Wants to keep count.",
         "Look at the count together", with_whom="{name}"),
    Episode(7, "information_request", "Asked {parent} for the plan of the asthma clinic.",
         "The clinic sends it next week. The inhaler is now in the medical room too.",
         "Put the clinic’s plan with {name}’s papers"),
)  # fmt: skip
ILL_LONG = (
    Episode(27, "early_meeting", "Met {parent} after the operation, with the head of year.",
         "{name} comes back part of the day first. Work goes home on Mondays.",
         "Ring {parent} on the first full week"),
    Episode(11, "direct_work", "Went through what was missed, subject by subject.",
         "Four pieces of work agreed, the rest can be left.",
         "Collect the four pieces", with_whom="{name}"),
)  # fmt: skip
AWAY = (
    Episode(34, "conversation", "Spoke to {name} at the gate about the days with no reason given.",
         "{name} says the bus leaves too early from the new address.",
         "Ask for a bus pass from the new address", with_whom="{name}"),
    Episode(26, "home_visit", "Visited at home, two of us. {parent} was in, {name} asleep.",
         "{parent} starts work at six and cannot see {name} off. Open to help.",
         "Agree a plan for the mornings"),
    Episode(18, "plan", "Attendance plan agreed and signed: a call at 7:30, breakfast club, "
         "registration with the head of year for the first week.",
         "Everybody has a copy. Four weeks, then we look again.",
         "Review the plan", paper="Attendance plan"),
    Episode(5, "own", "{name} at breakfast club since the plan.", "Came on three of five mornings.",
         "Review the plan with {parent}", own_kind="Breakfast club", with_whom="{name}"),
)  # fmt: skip
LATE = (
    Episode(24, "conversation", "Rang about the mornings when {name} came after registration.",
         "A younger brother goes to another school first; {parent} had not seen the sum.",
         "Look at whether the mornings are better"),
    Episode(9, "direct_work", "Three short talks with {name} about the mornings, with the tutor.",
         "{name} set an alarm and walks with a friend from Saltergate Road.",
         "Ring {parent} with how it goes", with_whom="{name}"),
)  # fmt: skip
HOLIDAY = (
    Episode(29, "conversation", "Rang about the days away in term time.",
         "{parent} says the flights were cheaper. Told that it was not granted, and what it means.",
         "See whether {name} is back on the first day"),
    Episode(23, "conversation", "{name} is back. Talked about what was missed and how to catch up.",
         "Work collected from every subject.", with_whom="{name}"),
)  # fmt: skip
SEVERE = (
    Episode(44, "home_visit", "Visited after two weeks without a day in school.",
         "{name} came to the door and talked for a while. Not sleeping, worried about lessons.",
         "Ask the family for leave to speak to the GP"),
    Episode(36, "multi_agency", "Met with early help, the school nurse and {parent}.",
         "Early help takes the lead. School offers two mornings a week in the quiet room.",
         "Set the two mornings up", with_whom="{parent}, early help, school nurse",
         role="safeguarding_lead"),
    Episode(28, "provision", "First week of two mornings in the quiet room.",
         "Came on one of the two. Worked on English with Ms Begum-Hartley.",
         "See {name} on both mornings", with_whom="{name}"),
    Episode(21, "direct_work", "What {name} told me about home, in {name}’s own words.",
         "Shared with children’s social care on the same day. To be seen again on Monday.",
         "See {name} again", with_whom="{name}", role="safeguarding_lead", sensitive=True),
    Episode(12, "specialist", "Referred to the emotional wellbeing service; {parent} agrees.",
         "Assessment is offered in about five weeks.",
         "Ring the service for a date", role="safeguarding_lead"),
)  # fmt: skip
REFERRED = (
    *SEVERE[:2],
    Episode(8, "referral", "Referred to the local authority’s attendance team.",
         "They ask for the register of the last twelve weeks and the notes of the meetings.",
         "Send what the attendance team asked for", with_whom="the attendance team", role="slt"),
)  # fmt: skip


@dataclass
class _Case:
    """One pupil whose story is told."""

    enrolment: Enrolment
    parent: str
    story: Sequence[Episode]
    rng: Random
    last: Intervention | None = None

    def filled(self, words: str) -> str:
        return words.format(name=self.enrolment.pupil.forename, parent=self.parent)


@transaction.atomic
def make_casework(
    *, school: School, now: datetime, progress: Callable[[int, int], None] | None = None
) -> Told:
    """Write the casework of this school, unless it has a log. What was written, counted.

    `progress` is told the pupils that are done with, and how many there are. Raises Refused
    where the school has nobody who may write in the log.
    """
    if Intervention.objects.filter(enrolment__school=school).exists():
        return Told()
    tell = progress or _tell_nobody
    stage = stage_of(school, now)
    cases = list(_cases(stage))
    for number, case in enumerate(cases, start=1):
        _tell(case, stage)
        tell(number, len(cases))
    plan_absences(stage)
    ring_home(stage)
    sign_some_out(stage)
    return stage.told


def _tell_nobody(done: int, total: int) -> None:
    """Where nobody asked for the progress."""


def _cases(stage: Stage) -> Iterator[_Case]:
    """Persistently absent pupils on the roll, a few of them severely, each with a story."""
    last = stage.ago(1)
    if last is None:
        return
    chosen = _chosen(figures.pupils_to(stage.school, last), last)
    enrolments = Enrolment.objects.select_related("pupil", "school").in_bulk(
        [row.enrolment_id for row in chosen]
    )
    for row, of_severe in zip(chosen, cycle((SEVERE, SEVERE, REFERRED)), strict=False):
        enrolment = enrolments[row.enrolment_id]
        rng = Random(f"{enrolment.pupil.upn} {enrolment.starts_on}")  # noqa: S311
        story = of_severe if row.tally.severely_absent else _story(enrolment, last)
        yield _Case(enrolment, parent_of(enrolment), story, rng)


def _chosen(rows: Sequence[AbsenceRow], on: date) -> list[AbsenceRow]:
    """A few who are severely absent, and of the others some from all over the school."""
    rows = [row for row in rows if _has_a_story(row, on)]
    is_severe = attrgetter("tally.severely_absent")
    severe = list(filter(is_severe, rows))[:OF_SEVERE]
    others = list(filterfalse(is_severe, rows))
    stride = max(1, len(others) // max(1, PUPILS - len(severe)))
    return (severe + others[::stride])[:PUPILS]


def _has_a_story(row: AbsenceRow, on: date) -> bool:
    tally = row.tally
    return tally.persistently_absent and tally.possible >= ENOUGH and row.is_on_roll(on)


def _story(enrolment: Enrolment, last: date) -> Sequence[Episode]:
    """By the reason for most of the absence, so that the words agree with the marks."""
    since = last - timedelta(days=90)
    marks = Mark.objects.filter(enrolment=enrolment, date__range=(since, last))
    counts = Counter(marks.values_list("code_id", flat=True))
    ill = (ILL, ILL_OFTEN, ILL_LONG)[enrolment.pk % 3]
    stories = {"I": ill, "O": AWAY, "N": AWAY, "U": LATE, "G": HOLIDAY, "M": ill}
    return stories[max(stories, key=counts.__getitem__)]


def _tell(case: _Case, stage: Stage) -> None:
    dates = {step: stage.ago(step.ago) or date.min for step in case.story}
    steps = [step for step, on in dates.items() if on >= case.enrolment.starts_on]
    for number, step in enumerate(steps, start=1):
        _write(case, step, dates[step], steps[number:], stage)
    stage.told.pupils += bool(steps)


def _write(case: _Case, step: Episode, on: date, later: Sequence[Episode], stage: Stage) -> None:
    """The step, written down: the outcome of the step before, where that had promised it."""
    by = stage.who(step.role, case.rng)
    at = stage.at(time(15, case.rng.randrange(5, 55)), on)
    what = WhatWasDone(
        kind=step.kind,
        own_kind=step.own_kind,
        done_on=on,
        with_whom=case.filled(step.with_whom),
        note=case.filled(step.note),
        outcome=case.filled(step.outcome),
        is_sensitive=step.sensitive,
        next_step=_next_step(case, step, on, later, by, stage),
    )
    papers = [_paper(case, step)] if step.paper else []
    if step.sensitive:
        log_intervention(enrolment=case.enrolment, what=what, by=by, documents=papers, at=at)
    else:
        case.last = _go_on(case, what, by, papers, at)
    stage.told.actions += 1


def _go_on(
    case: _Case, what: WhatWasDone, by: User, papers: list[Upload], at: datetime
) -> Intervention:
    """What came of the step before, where it had promised one."""
    before = case.last
    if before is None or not before.next_step:
        return log_intervention(enrolment=case.enrolment, what=what, by=by, documents=papers, at=at)
    return finish_next_step(intervention_id=before.pk, what=what, by=by, documents=papers, at=at)


def _next_step(
    case: _Case, step: Episode, on: date, later: Sequence[Episode], by: User, stage: Stage
) -> NextStep | None:
    """Due when the story goes on; the last is open: overdue, today, this week or later."""
    if not step.next_step:
        return None
    due = _when_due(case, step, later, stage) or on
    return NextStep(case.filled(step.next_step), max(due, on), by)


def _when_due(case: _Case, step: Episode, later: Sequence[Episode], stage: Stage) -> date | None:
    following = next((other for other in later if other.sensitive == step.sensitive), None)
    if following:
        return stage.ago(following.ago)
    away = case.rng.choice((-4, -2, -1, 0, 0, 1, 2, 3, 5, 8, 12))
    return stage.ago(-away) if away < 0 else stage.ahead(away)


def _paper(case: _Case, step: Episode) -> Upload:
    name = case.enrolment.pupil.forename
    lines = [
        step.paper,
        "",
        f"For {name}, agreed with {case.parent}.",
        "1. A call at 7:30 on each school day.",
        "2. Breakfast club from 8:00.",
        "3. Registration with the head of year for the first week.",
        "We look at it again after four weeks.",
    ]
    return looked_at(f"{step.paper}.txt", "\n".join(lines).encode())
