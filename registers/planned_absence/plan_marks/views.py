"""The marks that a plan made before it was changed or withdrawn, offered to be put right."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers.marks.actions.amend import StaleMarksError
from registers.models import PlannedAbsence
from registers.planned_absence.plan_marks import actions
from registers.planned_absence.plan_marks.forms import MarksLeftForm, usual_code
from registers.planned_absence.queries import plan_of_school
from registers.policies import Refused
from registers.rules.codes import CODES
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import sent_anew

MOVED = "Somebody changed some of these marks meanwhile. Look again: what is left is shown."


@require_http_methods(["GET", "POST"])
@allowed("amend_mark")
def planned_marks(request: PageRequest, planned_id: int) -> HttpResponse:
    """Look at them, tick pupils, choose the code: one press, an amendment each."""
    school = request.viewer.school
    plan = plan_of_school(school, planned_id)
    back = reverse("registers:planned_edit", kwargs={"urn": school.urn, "planned_id": plan.pk})
    left = actions.marks_left_by(plan)
    if not left:
        messages.info(request, "No mark in the register is left from this plan.")
        return redirect(back)
    form = MarksLeftForm(request.POST or None, left=left, back=back, initial=_as_it_opens(left))
    if form.is_valid() and _done(request, plan, form):
        return redirect(back)
    context = {"form": form, "plan": plan, "left": left, "code": CODES[plan.code_id]}
    return render(request, "registers/planned_absence/marks.html", context)


def _as_it_opens(left: list[actions.MarkLeft]) -> dict:
    return {
        "pupils": [str(one.key.enrolment_id) for one in left],
        "code": usual_code(left),
        "reason": "The plan was changed or withdrawn",
        "seen": actions.digest_of(left),
    }


def _done(request: PageRequest, plan: PlannedAbsence, form: MarksLeftForm) -> bool:
    asked = form.cleaned_data
    try:
        written = actions.amend_marks_left(
            school=request.viewer.school,
            planned=plan,
            enrolments=[int(pk) for pk in asked["pupils"]],
            code=asked["code"],
            reason=asked["reason"],
            paper=asked["paper"],
            seen=asked["seen"],
            by=request.user,
            now=timezone.localtime(),
        )
    except (actions.MarksMovedError, StaleMarksError):
        form.add_error(None, MOVED)
        sent_anew(form, "seen", actions.digest_of(actions.marks_left_by(plan)))
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    code = CODES[asked["code"]]
    words = f"{many(len(written.saved), 'mark')} changed to {code.symbol}, {code.meaning}."
    messages.success(request, words)
    return True
