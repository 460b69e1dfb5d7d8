"""Correct a time on the roll: what falls away and opens is shown first, then it is done at once."""

from functools import singledispatch
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers.models import Enrolment, Mark
from registers.policies import Refused
from registers.roll.actions import dates, leaving
from registers.roll.actions import enrolments as actions
from registers.roll.actions.wrong_fields import WrongFields
from registers.roll.addresses import enrolment_of, page_of
from registers.roll.enrolments.forms import EVIDENCE, LeaveForm, SpellForm
from registers.roll.form_parts import add_errors
from registers.rules.admission import GROUNDS
from registers.rules.roll.corrected_dates import Moves
from registers.rules.roll.leaving import need_of, run_of_absence
from registers.web.access import PageRequest, allowed
from registers.web.parameters import back_to

ToMend = tuple[dict[str, str], Moves | None]
CHANGED_SINCE = "Somebody has marked the pupil since you looked: look again before you confirm."


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def enrolment_edit(request: PageRequest, pupil_id: int, enrolment_id: int) -> HttpResponse:
    """Every entry of a time on the roll, in both directions."""
    enrolment = enrolment_of(request, pupil_id, enrolment_id)
    return _correct(request, enrolment, SpellForm, "registers/roll/enrolments/enrolment.html")


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def enrolment_leave(request: PageRequest, pupil_id: int, enrolment_id: int) -> HttpResponse:
    """The quick way for a pupil who has left, and was perhaps marked since."""
    enrolment = enrolment_of(request, pupil_id, enrolment_id)
    here = Mark.objects.on_roll().filter(enrolment=enrolment, code__attended=1)
    last_here = here.aggregate(last=Max("date"))["last"]
    return _correct(
        request, enrolment, LeaveForm, "registers/roll/enrolments/leave.html", last_here=last_here
    )


def _correct(
    request: PageRequest, enrolment: Enrolment, make: type[SpellForm], template: str, **more: Any
) -> HttpResponse:
    back = back_to(request) or page_of(request, enrolment.pupil)
    settings = {
        "enrolment": enrolment,
        "held": leaving.kept_evidence(enrolment),
        "back": back,
        **more,
    }
    form, moves = make(request.POST or None, **settings), None
    if form.is_valid():
        try:
            return _carry_out(request, enrolment, form, back)
        except Refused as refusal:
            form, moves = _again(request, form, make, settings, refusal)
    context = {
        "form": form,
        "pupil": enrolment.pupil,
        "enrolment": enrolment,
        "grounds": GROUNDS,
        "moves": moves,
        "run": _run(enrolment, form),
    }
    return render(request, template, context)


def _carry_out(
    request: PageRequest, enrolment: Enrolment, form: SpellForm, back: str
) -> HttpResponse:
    """Raises Refused."""
    actions.change_enrolment(
        enrolment=enrolment,
        spell=form.spell,
        evidence=form.evidence,
        reason=form.cleaned_data["reason"],
        seen=form.cleaned_data["seen"],
        by=request.user,
    )
    messages.success(request, form.done)
    return redirect(back)


def _again(
    request: PageRequest,
    form: SpellForm,
    make: type[SpellForm],
    settings: dict[str, Any],
    refusal: Refused,
) -> tuple[SpellForm, Moves | None]:
    """The form to look at or to mend, with all that was typed, and what would move."""
    wrong, moves = _to_mend(refusal, form)
    typed = request.POST.copy()
    typed["asked"] = form.cleaned_data["leaving_ground"]
    typed["seen"] = moves.token if moves else ""
    again = make(typed, **settings, moves=moves is not None)
    again.is_valid()
    add_errors(again, wrong)
    return again, moves


@singledispatch
def _to_mend(refusal: Refused, form: SpellForm) -> ToMend:
    """By field what is wrong, and what there is to look at."""
    return {"": str(refusal)}, None


@_to_mend.register
def _look_again(refusal: dates.LookAgain, form: SpellForm) -> ToMend:
    return {"": CHANGED_SINCE} if form.cleaned_data["seen"] else {}, refusal.moves


@_to_mend.register
def _wrong_fields(refusal: WrongFields, form: SpellForm) -> ToMend:
    """What the ground needs only once the form has asked for it."""
    wrong = {name: why for name, why in refusal.fields.items() if name not in form.unasked}
    return wrong, _moves_to_see(form, wrong)


def _moves_to_see(form: SpellForm, wrong: dict[str, str]) -> Moves | None:
    """What falls away and opens, as soon as nothing but the evidence or the reason is missing."""
    if not wrong.keys() <= {*EVIDENCE, "reason"}:
        return None
    moves = dates.look(form.enrolment, form.spell)
    return moves if moves.must_be_seen else None


def _run(enrolment: Enrolment, form: SpellForm) -> str:
    """The days without a trace of the pupil, for the grounds that rest on them."""
    given = getattr(form, "cleaned_data", {})
    leaves_on, ground = given.get("leaves_on"), given.get("leaving_ground", "")
    if not leaves_on or not need_of(ground).shows_run:
        return ""
    facts = leaving.facts_of_leaving(enrolment, leaves_on, today=timezone.localdate())
    return run_of_absence(facts.days, facts.today).in_words
