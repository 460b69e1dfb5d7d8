"""The page of one class register: take it, look at it, and fill its blanks afterwards."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers import policies
from registers.models import Group, Mark, Register, Session, User
from registers.register.actions.answers import SaveAnswer
from registers.register.actions.late_entries import enter_late
from registers.register.actions.may_take import NOT_YOURS, NotYourRegister
from registers.register.actions.reading import RegisterKey
from registers.register.actions.registers import fill_planned, open_register
from registers.register.actions.saving import save_marks
from registers.register.context import context_of
from registers.register.forms import SentRegister, UnreadableRegister, read_register
from registers.register.lines import SaveProblems, problems_of
from registers.register.page import PRESENT, RegisterSheet, read_sheet
from registers.register.rows import PAPER_MISSING, MarkSeen
from registers.register.staff import staff_of
from registers.register.wording import saved_in_words
from registers.rules.codes import Half
from registers.web.access import PageRequest, SchoolViewer, allowed
from registers.web.advice_messages import say_advice
from registers.web.parameters import numbers_of


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("take_register")
def register(request: PageRequest, group_id: int, date: date, half: Half) -> HttpResponse:
    key = RegisterKey(request.viewer.school.pk, group_id, date, half)
    if request.method == "POST":
        return _post(request, key)
    return _show(request, key, SaveProblems())


def _post(request: PageRequest, key: RegisterKey) -> HttpResponse:
    try:
        sent = read_register(request.POST, present=PRESENT[Half(key.half)])
    except UnreadableRegister:
        return HttpResponseBadRequest("What was sent is no register of this page.")
    try:
        answer = _save(request, key, sent)
    except NotYourRegister as refusal:
        raise PermissionDenied(str(refusal)) from None
    except policies.Refused as refusal:
        return _show(request, key, SaveProblems(sent=sent, whole=str(refusal)))
    _say_unasked(request, sent)
    if problems := problems_of(sent, answer):
        return _show(request, key, problems)
    _say_saved(request, answer)
    say_advice(request, {row["enrolment"]: row.get("advice", ()) for row in answer.advised})
    return redirect(request.path)


def _save(request: PageRequest, key: RegisterKey, sent: SentRegister) -> SaveAnswer:
    """Into the open register; with a reason, into one that has ended."""
    changes = [row.change(key.date, key.half) for row in sent.to_save]
    if not changes:
        return SaveAnswer()
    on_paper = taken_on_paper_by(request.viewer, sent.on_paper)
    if "reason" in request.POST:
        group, session = _group_and_session(request, key)
        return enter_late(
            group=group,
            session=session,
            changes=changes,
            reason=sent.reason,
            save_key=sent.save_key,
            by=request.user,
            taken_by=on_paper,
        )
    save = partial(
        save_marks,
        changes=changes,
        save_key=sent.save_key,
        by=request.user,
        key=key,
        taken_by=on_paper,
    )
    try:
        return save()
    except Register.DoesNotExist:  # a page that was fetched before the register opened
        group, session = _group_and_session(request, key)
        open_register(group=group, session=session, by=request.user)
        return save()


def _group_and_session(request: PageRequest, key: RegisterKey) -> tuple[Group, Session]:
    school = request.viewer.school
    group = get_object_or_404(Group, pk=key.group_id, school=school)
    group.school = school
    return group, get_object_or_404(Session, school=school, date=key.date, half=key.half)


def taken_on_paper_by(viewer: SchoolViewer, user_id: str) -> User | None:
    """Who took the register on paper; None for the person who sends it."""
    if not user_id:
        return None
    colleague = staff_of(viewer).filter(pk__in=numbers_of([user_id])).first()
    if colleague is None:
        raise policies.Refused("Choose somebody of this school’s staff who took it on paper.")
    return colleague


def _say_unasked(request: PageRequest, sent: SentRegister) -> None:
    """What was written down for a code that needs no paper is not kept, and not silently lost."""
    for row in sent.unasked:
        said = f"{row.code} needs no paper, so “{row.paper}” was not kept."
        messages.warning(request, said)


def _say_saved(request: PageRequest, answer: SaveAnswer) -> None:
    if not (answer.saved or answer.conflicts):
        messages.info(request, "Nothing had changed, so nothing was saved.")
        return
    messages.success(request, saved_in_words(answer))


def _show(request: PageRequest, key: RegisterKey, problems: SaveProblems) -> HttpResponse:
    viewer, now = request.viewer, timezone.now()
    if not viewer.may_see_group(key.group_id):
        raise PermissionDenied(NOT_YOURS)
    sheet = read_sheet(viewer.school, key.group_id, key.date, key.half)
    if sheet is None:
        raise Http404("The school has no session then, or no such group.")
    if sheet.can_be_taken(now) and request.method != "HEAD":
        _open(request.user, sheet, now)
    context = context_of(viewer, key, sheet, problems, now)
    return render(request, "registers/register/register.html", context)


def _open(by: User, sheet: RegisterSheet, now: datetime) -> None:
    """Open the register if nobody has, and write what is planned for pupils without a mark."""
    register = sheet.register
    if register.opened_at is None:
        try:
            register = open_register(group=sheet.group, session=sheet.session, by=by, now=now)
        except policies.Refused as refusal:
            raise PermissionDenied(str(refusal)) from None
        sheet.register = register
    if planned := sheet.to_fill(timezone.localdate()):
        _fill(register, sheet, planned, by, now)


def _fill(
    register: Register, sheet: RegisterSheet, planned: Mapping[int, str], by: User, now: datetime
) -> None:
    written = fill_planned(
        register=register, session=sheet.session, planned=planned, by=by, now=now
    )
    rows = {row.enrolment_id: row for row in sheet.rows}
    for key, version in written.saved.items():
        code = planned[key.enrolment_id]
        mark = MarkSeen(code, version, None, Mark.Source.PLAN, None, "", now)
        rows[key.enrolment_id].mark = mark
    for key, is_held in written.papers.items():
        row = rows[key.enrolment_id]
        row.papers[row.code] = is_held
        row.notes += [] if is_held else [PAPER_MISSING]
