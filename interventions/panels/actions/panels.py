"""Panels: called, changed, put in order, their invitations.

A panel's rows are changed while the panel is held under its lock, so that two people who move
pupils at once see one order afterwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import filterfalse, pairwise
from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from interventions.letters.actions import deciding, letters
from interventions.models import Letter, Panel, PanelCase
from interventions.panels import running_order
from interventions.panels.invitations import invitation_state, told_of
from interventions.rules.letter_states import LetterState, may_move
from registers import policies
from registers.models import Appointment, Enrolment, School
from registers.models.school.staff import User
from registers.rules.grouping import keyed

INVITATION = "panel_invitation"
TIME_CHANGED = "The time or place of the panel has changed: another letter takes its place."
TAKEN_OFF = "The pupil has been taken off the panel."
OVER = "This panel has been held: its day, its place and its running order stay as they were."


@dataclass(frozen=True, slots=True)
class Meeting:
    """What people say of a panel when they call or change it."""

    on: date
    starts_at: time
    minutes_each: int
    place: str
    chair: User | None
    members: str


@dataclass(frozen=True, slots=True)
class Invited:
    """How many letters were written, and why some were not, a sentence for each."""

    written: int
    problems: Sequence[str]


# --- calling and changing


@transaction.atomic
def call_panel(*, school: School, meeting: Meeting, enrolments: Sequence[int], by: User) -> Panel:
    """A panel for these enrolments of the school, in this order. Raises Refused."""
    policies.check(by, "hold_panel", school=school)
    _check_chair(meeting, school)
    panel = Panel.objects.create(
        school=school, made_at=timezone.now(), made_by=by, **_fields(meeting)
    )
    _add(panel, enrolments)
    return panel


@transaction.atomic
def change_panel(*, panel_id: int, meeting: Meeting, by: User, today: date) -> Panel:
    """Change the day, the place or the people; a new first time or length sets all times anew.

    Raises Refused, also once the panel's day is over.
    """
    panel = held_panel(panel_id, by)
    _check_not_over(panel, today)
    _check_chair(meeting, panel.school)
    retimed = (panel.starts_at, panel.minutes_each) != (meeting.starts_at, meeting.minutes_each)
    Panel.objects.filter(pk=panel.pk).update(**_fields(meeting))
    panel.refresh_from_db()
    if retimed:
        _set_times(panel, _active(panel))
    return panel


def _fields(meeting: Meeting) -> dict:
    return {
        "on": meeting.on,
        "starts_at": meeting.starts_at,
        "minutes_each": meeting.minutes_each,
        "place": meeting.place.strip(),
        "chair": meeting.chair,
        "members": "\n".join(line.strip() for line in meeting.members.splitlines() if line.strip()),
    }


def _check_chair(meeting: Meeting, school: School) -> None:
    chair = meeting.chair
    if chair and not Appointment.objects.filter(user=chair, school=school).exists():
        raise policies.Refused("Choose a colleague from this school to lead the panel.")


def held_panel(panel_id: int, by: User) -> Panel:
    panel = Panel.objects.select_for_update(of=("self",)).select_related("school").get(pk=panel_id)
    policies.check(by, "hold_panel", school=panel.school)
    return panel


def _check_not_over(panel: Panel, today: date) -> None:
    if panel.on < today:
        raise policies.Refused(OVER)


def _active(panel: Panel) -> list[PanelCase]:
    cases = panel.cases.filter(withdrawn_at__isnull=True)
    return list(cases.select_related("enrolment__pupil", "letter").order_by("at", "pk"))


def _set_times(panel: Panel, cases: Iterable[PanelCase]) -> None:
    cases = list(cases)
    for case, at in zip(cases, _times(panel, len(cases)), strict=True):
        if case.at != at:
            PanelCase.objects.filter(pk=case.pk).update(at=at)


def _times(panel: Panel, count: int) -> list[time]:
    try:
        return running_order.times(panel.starts_at, panel.minutes_each, count)
    except ValueError as problem:
        raise policies.Refused(str(problem)) from None


# --- who is on it


@transaction.atomic
def add_pupils(*, panel_id: int, enrolments: Sequence[int], by: User, today: date) -> int:
    """Add these enrolments at the end; one that was taken off comes back. How many were added."""
    panel = held_panel(panel_id, by)
    _check_not_over(panel, today)
    return _add(panel, enrolments)


def _add(panel: Panel, enrolments: Sequence[int]) -> int:
    """Those of the school that are not on it already; how many."""
    of_school = Enrolment.objects.filter(pk__in=enrolments, school=panel.school)
    known = set(of_school.values_list("pk", flat=True))
    cases = keyed(panel.cases.all(), "enrolment_id")
    active = list(filterfalse(attrgetter("is_withdrawn"), cases.values()))
    missing = known - set(map(attrgetter("enrolment_id"), active))
    new = list(filter(missing.__contains__, dict.fromkeys(enrolments)))
    for pk, at in zip(new, _following(panel, active, len(new)), strict=True):
        _put_on(panel, pk, at, cases.get(pk))
    return len(new)


def _put_on(panel: Panel, enrolment_id: int, at: time, case: PanelCase | None) -> None:
    """A new case, or the one that was taken off."""
    if case is None:
        PanelCase.objects.create(panel=panel, enrolment_id=enrolment_id, at=at)
        return
    PanelCase.objects.filter(pk=case.pk).update(at=at, withdrawn_at=None, withdrawn_by=None)


def _following(panel: Panel, active: Sequence[PanelCase], count: int) -> list[time]:
    """The times after those that are given already."""
    if not active:
        return _times(panel, count)
    last = max(case.at for case in active)
    try:
        return running_order.times(last, panel.minutes_each, count + 1)[1:]
    except ValueError as problem:
        raise policies.Refused(str(problem)) from None


@transaction.atomic
def move_case(*, case_id: int, up: bool, by: User, today: date) -> None:
    """Change places with the pupil before or after: the two change their times."""
    case = PanelCase.objects.get(pk=case_id)
    panel = held_panel(case.panel_id, by)
    _check_not_over(panel, today)
    order = _active(panel)
    if case not in order:
        raise policies.Refused("This pupil is not on the panel any more.")
    if up:
        order.reverse()
    following = dict(pairwise(order)).get(case)
    if following is None:  # first or last already
        return
    case = order[order.index(case)]
    PanelCase.objects.filter(pk=case.pk).update(at=following.at)
    PanelCase.objects.filter(pk=following.pk).update(at=case.at)


@transaction.atomic
def take_off(*, case_id: int, by: User) -> PanelCase:
    """Take the pupil off the panel; who and when is kept, and an unsent invitation is dropped."""
    case = PanelCase.objects.get(pk=case_id)
    held_panel(case.panel_id, by)
    case = PanelCase.objects.select_related("letter").get(pk=case_id)
    if case.is_decided:
        raise policies.Refused("The decision about this pupil has been written down already.")
    if not case.is_withdrawn:
        PanelCase.objects.filter(pk=case.pk).update(withdrawn_at=timezone.now(), withdrawn_by=by)
        if case.letter:
            _drop(case.letter, TAKEN_OFF, by)
    case.refresh_from_db()
    return case


@transaction.atomic
def put_back(*, case_id: int, by: User, today: date) -> PanelCase:
    """Put a pupil who was taken off at the end of the running order."""
    case = PanelCase.objects.get(pk=case_id)
    panel = held_panel(case.panel_id, by)
    _check_not_over(panel, today)
    _add(panel, [case.enrolment_id])
    case.refresh_from_db()
    return case


# --- invitations


def details_of(case: PanelCase, panel: Panel) -> dict:
    """What the invitation says of the meeting, as its letter keeps it."""
    return told_of(case, panel) | {"minutes": panel.minutes_each, "members": members_of(panel)}


def members_of(panel: Panel) -> list[str]:
    """Whoever leads it, then the others, each with the position where it is known."""
    lines = panel.members.splitlines()
    if panel.chair_id is None:
        return lines
    leads = _with_position(panel)
    return [leads, *(line for line in lines if line != leads)]


def _with_position(panel: Panel) -> str:
    """Who leads the panel, with the position where the person has one here."""
    appointment = Appointment.objects.filter(user=panel.chair_id, school=panel.school_id).first()
    if appointment is None:
        return str(panel.chair)
    return f"{panel.chair}, {appointment.named_position}"


@transaction.atomic
def invite(*, panel_id: int, by: User, today: date) -> Invited:
    """Write an invitation for each pupil who has none that says the right day, time and place.

    They go to the queue of letters. One that says another time is dropped where it is not sent.
    Raises Refused when the panel is over, or this person may not decide about letters.
    """
    panel = held_panel(panel_id, by)
    _check_not_over(panel, today)
    policies.check(by, "decide_letter", school=panel.school)
    written, problems = 0, []
    for case in _active(panel):
        if not invitation_state(case, panel).is_to_be_written:
            continue
        try:
            _write_invitation(case, details_of(case, panel), by, today)
            written += 1
        except policies.Refused as refusal:
            problems.append(f"{case.enrolment.pupil.full_name}: {refusal}")
    return Invited(written, problems)


@transaction.atomic
def _write_invitation(case: PanelCase, details: dict, by: User, today: date) -> None:
    old = case.letter
    PanelCase.objects.filter(pk=case.pk).update(letter=None)
    if old is not None:
        _drop(old, TIME_CHANGED, by)
    letter = letters.make_letter(
        enrolment=case.enrolment, kind=INVITATION, details=details, by=by, dated=today
    )
    PanelCase.objects.filter(pk=case.pk).update(letter=letter)


def _drop(letter: Letter, reason: str, by: User) -> None:
    """Drop a letter that has not gone out, by way of being held where that is the only way."""
    letter.refresh_from_db()
    state = LetterState(letter.state)
    if may_move(state, LetterState.DROPPED):
        deciding.drop_letter(letter_id=letter.pk, reason=reason, by=by)
    elif may_move(state, LetterState.HELD):
        deciding.hold_letter(letter_id=letter.pk, reason=reason, by=by)
        deciding.drop_letter(letter_id=letter.pk, reason=reason, by=by)
