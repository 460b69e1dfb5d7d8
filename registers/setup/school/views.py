"""The page of the set-up guide, and the school's own details."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers import policies
from registers.setup.school.actions import finish_set_up, keep_details
from registers.setup.school.forms import SchoolForm
from registers.setup.school.guide import lede_of_guide, set_up_steps
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import sent_with


@require_safe
@allowed("keep_school")
def set_up(request: PageRequest) -> HttpResponse:
    """Every step with its counts: few statements, however large the school."""
    school = request.viewer.school
    steps = set_up_steps(request.viewer, today=timezone.localdate())
    left = [step for step in steps if not step.done]
    context = {
        "school": school,
        "steps": steps,
        "next": left[0] if left else None,
        "lede": lede_of_guide(school, steps),
    }
    return render(request, "registers/setup/set_up.html", context)


@allowed("keep_school")
@require_POST
def set_up_finish(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    steps = set_up_steps(request.viewer, today=timezone.localdate())
    left = [step.title for step in steps if not step.done]
    try:
        finish_set_up(school=school, by=request.user, left=left)
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"{school.name} is set up. Every step stays open to you.")
    return redirect("registers:set_up", urn=school.urn)


@require_http_methods(["GET", "POST"])
@allowed("keep_school")
def school_details(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    form = SchoolForm(sent_with(request), school=school)
    if request.method == "POST" and form.is_valid():
        try:
            changed = keep_details(school=school, details=form.cleaned_data, by=request.user)
        except policies.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = "Saved." if changed else "Nothing was changed."
            messages.success(request, said)
            return redirect("registers:set_up", urn=school.urn)
    return render(request, "registers/setup/school.html", {"school": school, "form": form})
