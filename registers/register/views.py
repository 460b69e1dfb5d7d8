"""The page of one class register: take it, look at it, and fill its blanks afterwards."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers import policies
from registers.models import Group, Mark, Register, Session, User
from registers.register.actions.late_entries import enter_late
from registers.register.actions.may_take import NOT_HERE, NOT_YOURS
from registers.register.actions.registers import fill_planned, open_register
from registers.register.actions.saving import Answer, RegisterKey, save_marks
from registers.register.forms import SentRegister, SentRow, Unreadable, read_register
from registers.register.page import PRESENT, Sheet, read_sheet
from registers.register.rows import PAPER_MISSING, MarkSeen, Row
from registers.register.staff import staff_of
from registers.rules.allowed_codes import paper_needed
from registers.rules.clock import State, register_window
from registers.rules.codes import CODES, Code, Half
from registers.rules.everyday_codes import everyday_codes
from registers.web.access import PageRequest, Viewer, allowed
from registers.web.advice_messages import say_advice
from registers.web.parameters import number_of

SURE_OF_NOBODY = "Z"  # for pupils who are not on the roll: it is nobody's in a register


class Mode(Enum):
    """What the page is for, now and for this person."""

    TAKE = "take"
    LATE = "late"  # it has ended with blanks, and the person may fill them
    READ = "read"
    AHEAD = "ahead"  # not open yet


@dataclass(slots=True)
class Line:
    """A row of the register with what was sent for it and could not be saved."""

    row: Row
    sent: SentRow | None = None
    refused: str = ""
    is_conflict: bool = False
    editable: bool = True

    @property
    def code(self) -> str:
        """The code that the row shows: the one chosen here before the one that stands."""
        return self.sent.code if self.sent else self.row.code

    @property
    def minutes(self) -> str:
        if self.sent:
            return self.sent.minutes_typed
        mark = self.row.mark
        return str(mark.minutes_late) if mark and mark.minutes_late else ""

    @property
    def comment(self) -> str:
        return self.sent.comment if self.sent else self.row.comment

    @property
    def paper(self) -> str:
        """What was typed for the code and could not be saved yet."""
        return self.sent.paper if self.sent else ""

    @property
    def was(self) -> str:
        """What the page was built from, as it comes back: version, code, minutes."""
        mark = self.row.mark
        return f"{mark.version}|{mark.code}|{mark.minutes_late or ''}" if mark else "0||"

    @property
    def is_open(self) -> bool:
        """Whether the second line of the row is shown at once."""
        return bool(self.refused)


@dataclass(slots=True)
class Problems:
    """What stood in the way of a save, for the page that is shown again."""

    sent: SentRegister | None = None
    refused: dict[int, str] = field(default_factory=dict)
    conflicts: set[int] = field(default_factory=set)
    whole: str = ""  # why nothing at all was saved
    saved: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("take_register")
def register(request: PageRequest, group_id: int, date: date, half: Half) -> HttpResponse:
    key = RegisterKey(request.viewer.school.pk, group_id, date, half)
    if request.method == "POST":
        return _post(request, key)
    return _show(request, key, Problems())


def _post(request: PageRequest, key: RegisterKey) -> HttpResponse:
    try:
        sent = read_register(request.POST, present=PRESENT[Half(key.half)])
    except Unreadable:
        return HttpResponseBadRequest("What was sent is no register of this page.")
    changes = [row.change(key.date, key.half) for row in sent.to_save]
    try:
        answer = _save(request, key, sent, changes) if changes else Answer([], [], [])
    except policies.Refused as refusal:
        if str(refusal) in (NOT_YOURS, NOT_HERE):
            raise PermissionDenied(str(refusal)) from None
        return _show(request, key, Problems(sent=sent, whole=str(refusal)))
    _say_unasked(request, sent)
    problems = _problems(sent, answer)
    if problems.refused or problems.conflicts:
        return _show(request, key, problems)
    _say_saved(request, sent, answer)
    say_advice(request, {row["enrolment"]: row.get("advice", ()) for row in answer.advised})
    return redirect(request.path)


def _save(request: PageRequest, key: RegisterKey, sent: SentRegister, changes: list) -> Answer:
    """Into the open register; with a reason, into one that has ended."""
    on_paper = taken_on_paper_by(request.viewer, sent.on_paper)
    if "reason" in request.POST:
        group, session = _group_and_session(key)
        group.school = request.viewer.school
        return enter_late(
            group=group,
            session=session,
            changes=changes,
            reason=sent.reason,
            save_key=sent.save_key,
            by=request.user,
            taken_by=on_paper,
        )
    how = {"changes": changes, "save_key": sent.save_key, "by": request.user, "key": key}
    try:
        return save_marks(**how, taken_by=on_paper)
    except Register.DoesNotExist:  # a page that was fetched before the register opened
        group, session = _group_and_session(key)
        group.school = request.viewer.school
        open_register(group=group, session=session, by=request.user)
        return save_marks(**how, taken_by=on_paper)


def _group_and_session(key: RegisterKey) -> tuple[Group, Session]:
    group = Group.objects.filter(pk=key.group_id, school=key.school_id).first()
    session = Session.objects.filter(school=key.school_id, date=key.date, half=key.half).first()
    if group is None or session is None:
        raise Http404
    return group, session


def taken_on_paper_by(viewer: Viewer, user_id: str) -> User | None:
    """Who took the register on paper; None for the person who sends it."""
    if not user_id:
        return None
    number = number_of(user_id)
    found = staff_of(viewer).filter(pk=number).first() if number is not None else None
    if found is None:
        raise policies.Refused("Choose somebody of this school’s staff who took it on paper.")
    return found


def _problems(sent: SentRegister, answer: Answer) -> Problems:
    """What is left over. Marks by others stay where somebody was only one of the rest."""
    left = {row["enrolment"] for row in answer.conflicts}
    conflicts = {pk for pk in left if not sent.rows[pk].rest}
    for pk in left - conflicts:
        sent.rows[pk].code = sent.rows[pk].was_code
    undecided = {row.enrolment_id for row in sent.rows.values() if row.undecided and row.is_changed}
    refused = {row["enrolment"]: row["why"] for row in answer.refused}
    refused |= {row.enrolment_id: row.problem for row in sent.wrong}
    return Problems(
        sent=sent,
        refused=refused,
        conflicts=conflicts | undecided,
        saved=len(answer.saved),
    )


def _say_unasked(request: PageRequest, sent: SentRegister) -> None:
    """What was written down for a code that needs no paper is not kept, and not silently lost."""
    for row in sent.rows.values():
        if row.is_unasked and not row.problem:
            said = f"{row.code} needs no paper, so “{row.paper}” was not kept."
            messages.warning(request, said)


def _say_saved(request: PageRequest, sent: SentRegister, answer: Answer) -> None:
    saved, theirs = len(answer.saved), len(answer.conflicts)
    if not saved and not theirs:
        messages.info(request, "Nothing had changed, so nothing was saved.")
        return
    said = f"{saved} {'mark' if saved == 1 else 'marks'} saved."
    missing = sum(row.get("paper") is False for row in answer.saved)
    if missing:
        papers = "1 paper is" if missing == 1 else f"{missing} papers are"
        said += f" {papers} on the office’s list to complete."
    if theirs:
        pupils = "1 pupil" if theirs == 1 else f"{theirs} pupils"
        said += f" Somebody else had marked {pupils} meanwhile: those marks stay."
    messages.success(request, said)


def _show(request: PageRequest, key: RegisterKey, problems: Problems) -> HttpResponse:
    viewer, now = request.viewer, timezone.now()
    if not viewer.may_see_group(key.group_id):
        raise PermissionDenied(NOT_YOURS)
    sheet = read_sheet(viewer.school, key.group_id, key.date, key.half)
    if sheet is None:
        raise Http404("The school has no session then, or no such group.")
    if sheet.can_be_taken(now) and request.method != "HEAD":
        _open(request.user, sheet, now)
    mode = _mode(viewer, sheet, now)
    lines = [_line(row, problems, mode) for row in sheet.rows]
    others = _others(viewer, key) if mode in (Mode.TAKE, Mode.LATE) else ()
    context = {
        "sheet": sheet,
        "mode": mode.value,
        "state": sheet.state(now),
        "left_over": sheet.state(now) in (State.BLANKS, State.NOT_TAKEN),
        "now": now,
        "minutes_left": sheet.window.minutes_left(now),
        "gone": sheet.window.per_mille_gone(now),
        "half_gone": sheet.window.is_half_gone(now),
        "columns": _columns(lines),
        "counted": sheet.counted,
        "quick": _quick(key.half),
        "every": _offered(key),
        "others": others,
        "papers": tuple(code for code in others if paper_needed(code)),
        "problems": problems,
        "failed": problems.whole,
        "lost": [line for line in lines if line.sent] if problems.whole else [],
        "save_key": uuid.uuid4(),
        "may_amend": viewer.may("amend_mark"),
        "may_keep": viewer.may("keep_pupils"),
        "staff": staff_of(viewer) if _can_be_on_paper(viewer, sheet, mode) else (),
        "other_ahead": not register_window(viewer.school, key.date, 1 - key.half).has_opened(now),
        "is_today": key.date == timezone.localdate(),
        "faces": _faces(viewer, key, sheet),
    }
    return render(request, "registers/register.html", context)


def _faces(viewer: Viewer, key: RegisterKey, sheet: Sheet) -> str:
    """The address of the one picture with all photos of the page; "" where nobody has one."""
    if not sheet.faces:
        return ""
    words = {"group_id": key.group_id, "date": key.date, "faces": sheet.faces}
    return reverse("registers:photos_of_group", kwargs={"urn": viewer.school.urn, **words})


def _open(by: User, sheet: Sheet, now: datetime) -> None:
    """Open the register if nobody has, and write what is planned for pupils without a mark."""
    register = sheet.register
    if register is None or register.opened_at is None:
        try:
            register = open_register(group=sheet.group, session=sheet.session, by=by, now=now)
        except policies.Refused as refusal:
            raise PermissionDenied(str(refusal)) from None
        sheet.register = register
    planned = sheet.to_fill(timezone.localdate())
    if not planned:
        return
    written = fill_planned(
        register=register, session=sheet.session, planned=planned, by=by, now=now
    )
    filled = {mark.enrolment_id: version for mark, version in written.saved.items()}
    for row in sheet.rows:
        if row.enrolment_id in filled:
            code = planned[row.enrolment_id]
            version = filled[row.enrolment_id]
            row.mark = MarkSeen(code, version, None, Mark.Source.PLAN, None, "", now)
    for mark, is_held in written.papers.items():
        row = next(row for row in sheet.rows if row.enrolment_id == mark.enrolment_id)
        row.papers[row.code] = is_held
        row.notes += [] if is_held else [PAPER_MISSING]


def _mode(viewer: Viewer, sheet: Sheet, now: datetime) -> Mode:
    if sheet.can_be_taken(now):
        return Mode.TAKE
    if not sheet.window.has_opened(now):
        return Mode.AHEAD
    blanks = any(row.mark is None for row in sheet.rows)
    if not sheet.closed_because and blanks and viewer.may("amend_mark"):
        return Mode.LATE
    return Mode.READ


def _can_be_on_paper(viewer: Viewer, sheet: Sheet, mode: Mode) -> bool:
    """Whether this person may type in a register that somebody else took on paper."""
    if mode is Mode.LATE:
        return True
    untaken = sheet.register is not None and sheet.register.taken_at is None
    return mode is Mode.TAKE and untaken and viewer.may("amend_mark")


def _line(row: Row, problems: Problems, mode: Mode) -> Line:
    pk = row.enrolment_id
    sent = problems.sent.rows.get(pk) if problems.sent else None
    unsaved = sent is not None and (
        pk in problems.refused
        or pk in problems.conflicts
        or bool(problems.whole and sent.is_changed)
    )
    kept = replace(sent) if sent is not None and unsaved else None
    return Line(
        row,
        sent=kept,
        refused=problems.refused.get(pk, ""),
        is_conflict=pk in problems.conflicts and row.mark is not None,
        editable=mode is Mode.TAKE or (mode is Mode.LATE and row.mark is None),
    )


def _columns(lines: list[Line]) -> list[list[Line]]:
    """The page's two columns, the first as long as the second or one longer."""
    half = -(-len(lines) // 2)
    return [column for column in (lines[:half], lines[half:]) if column]


def _quick(half: int) -> list[Code]:
    return [CODES[PRESENT[Half(half)]], CODES["N"], CODES["L"]]


def _others(viewer: Viewer, key: RegisterKey) -> tuple[str, ...]:
    """The codes of the list behind the three dots: a teacher's are those of every day."""
    quick = {code.symbol for code in _quick(key.half)}
    everyday = None if viewer.own_groups is None else set(everyday_codes(viewer.school))
    return tuple(
        symbol
        for symbol in _offered(key)
        if symbol not in quick | {SURE_OF_NOBODY} and (everyday is None or symbol in everyday)
    )


def _offered(key: RegisterKey) -> tuple[str, ...]:
    """Every code that a mark of this session can have, whoever makes it."""
    return tuple(
        code.symbol
        for code in CODES.values()
        if code.in_force(key.date) and code.half in (None, key.half)
    )
