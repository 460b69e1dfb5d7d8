"""What was done about each pupil, for a pack: actions, letters, calls and panels, by enrolment.

Sensitive notes are never read. The family's copy also leaves out agencies, and calls that passed on
a concern.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.db.models import F

from interventions.models import Intervention, Letter, PanelCase
from interventions.packs.dates import short_date
from interventions.packs.files import LetterLine, NextStepLine, Step
from interventions.rules.letter_states import LetterState
from registers.models import FollowUp
from registers.rules.wording import listed, many

LONDON = ZoneInfo("Europe/London")
# Every time on the roll of a pupil, under the one that was asked for.
OF_PUPIL = "enrolment__pupil__enrolments"
AGENCIES = frozenset({"multi_agency", "specialist", "referral", "information_request"})
SENT = frozenset({LetterState.SENT.value, LetterState.ANSWERED.value})
NO_OUTCOME_FOR_FAMILIES = frozenset({FollowUp.Outcome.CONCERN.value})


@dataclass(slots=True)
class Steps:
    """Of one pupil; `withheld` are actions that are left out because they are sensitive."""

    done: list[Step] = field(default_factory=list)
    next_steps: list[NextStepLine] = field(default_factory=list)
    letters: list[LetterLine] = field(default_factory=list)
    withheld: int = 0

    @property
    def in_order(self) -> list[Step]:
        return sorted(self.done, key=attrgetter("on"))


def steps_of(
    enrolments: Collection[int], *, since: date, as_at: date, for_family: bool
) -> dict[int, Steps]:
    """Five statements."""
    steps: dict[int, Steps] = defaultdict(Steps)
    _add_actions(steps, enrolments, as_at, for_family=for_family)
    _add_letters(steps, enrolments, as_at, for_family=for_family)
    _add_calls(steps, enrolments, since, as_at, for_family=for_family)
    _add_panels(steps, enrolments, as_at)
    return steps


def _add_actions(
    steps: dict[int, Steps], enrolments: Collection[int], as_at: date, *, for_family: bool
) -> None:
    rows = (
        Intervention.objects.filter(**{f"{OF_PUPIL}__in": enrolments})
        .annotate(asked=F(OF_PUPIL))
        .exclude(kind="panel", panel_case__isnull=False)  # the panel itself says it
        .select_related("own_kind", "made_by", "next_step_owner")
        .order_by("done_on", "pk")
    )
    if for_family:
        rows = rows.exclude(is_sensitive=False, kind__in=AGENCIES)
    for row in rows:
        theirs = steps[row.asked]
        if row.is_sensitive:
            theirs.withheld += 1
            continue
        theirs.next_steps += _open_step(row)
        if row.done_on <= as_at:
            theirs.done.append(_action(row))


def _open_step(row: Intervention) -> Iterator[NextStepLine]:
    if row.next_step_on is not None and row.has_open_step:
        yield NextStepLine(row.next_step, row.next_step_on, str(row.next_step_owner))


def _action(row: Intervention) -> Step:
    what = ", with ".join(filter(None, (row.title, row.with_whom)))
    said = (part.strip().rstrip(".") for part in (row.note, row.outcome))
    outcome = ". ".join(filter(None, said))
    return Step(row.done_on, what, str(row.made_by or ""), outcome, kind=row.kind)


def _add_letters(
    steps: dict[int, Steps], enrolments: Collection[int], as_at: date, *, for_family: bool
) -> None:
    """Every letter that was not dropped; a step is one that has gone out."""
    rows = (
        Letter.objects.filter(**{f"{OF_PUPIL}__in": enrolments})
        .annotate(asked=F(OF_PUPIL))
        .exclude(state=LetterState.DROPPED.value)
        .select_related("approved_by")
        .prefetch_related("copies")
        .order_by("dated", "pk")
    )
    if for_family:
        rows = rows.filter(state__in=SENT)
    for row in rows:
        sent_on = _sent_on(row)
        steps[row.asked].letters.append(_letter_line(row, sent_on, for_family=for_family))
        if sent_on and sent_on <= as_at:
            what = f"Letter: {row.get_kind_display().lower()}"
            who = str(row.approved_by or "")
            steps[row.asked].done.append(Step(sent_on, what, who, kind="letter"))


def _sent_on(letter: Letter) -> date | None:
    sent = filter(None, map(attrgetter("sent_at"), letter.copies.all()))
    return max((at.astimezone(LONDON).date() for at in sent), default=None)


def _letter_line(letter: Letter, sent_on: date | None, *, for_family: bool) -> LetterLine:
    recipients = list(map(attrgetter("recipient"), letter.copies.all()))
    to = listed(recipients) or "nobody yet"
    if for_family:
        to = many(len(recipients), "copy", "copies")
    state = f"sent {short_date(sent_on)}" if sent_on else f"{letter.state}, not sent"
    return LetterLine(letter.dated, letter.get_kind_display(), to, state, letter.reference)


def _add_calls(
    steps: dict[int, Steps],
    enrolments: Collection[int],
    since: date,
    as_at: date,
    *,
    for_family: bool,
) -> None:
    rows = (
        FollowUp.objects.filter(**{f"{OF_PUPIL}__in": enrolments}, date__range=(since, as_at))
        .annotate(asked=F(OF_PUPIL))
        .select_related("person", "made_by")
        .order_by("date", "made_at", "pk")
    )
    if for_family:
        rows = rows.exclude(outcome__in=NO_OUTCOME_FOR_FAMILIES)
    for row in rows:
        steps[row.asked].done.append(_call(row, for_family=for_family))


def _call(row: FollowUp, *, for_family: bool) -> Step:
    what, said = f"{row.get_channel_display()} about the absence", row.get_outcome_display()
    if not for_family:
        what = ", ".join(filter(None, (what, str(row.person or ""))))
        said = ". ".join(filter(None, (said, row.note)))
    return Step(row.date, what, str(row.made_by), said, kind="follow_up", marks_the_trend=False)


def _add_panels(steps: dict[int, Steps], enrolments: Collection[int], as_at: date) -> None:
    """Earlier panels on which something was decided."""
    rows = (
        PanelCase.objects.filter(
            **{f"{OF_PUPIL}__in": enrolments}, decided_at__isnull=False, panel__on__lte=as_at
        )
        .annotate(asked=F(OF_PUPIL))
        .select_related("panel", "decided_by")
        .order_by("panel__on")
    )
    for row in rows:
        steps[row.asked].done.append(
            Step(row.panel.on, "Attendance panel", str(row.decided_by), row.decision, kind="panel")
        )
