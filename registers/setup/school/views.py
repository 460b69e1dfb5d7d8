"""The page of the set-up guide, and the school's own details."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers.setup.school.actions import finish_set_up, keep_details
from registers.setup.school.forms import SchoolForm
from registers.setup.school.guide import guide_lines, lede_of_guide, set_up_steps, steps_left
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.form_helpers import sent_with
from registers.web.forms import refusals_in


@require_safe
@allowed("keep_school")
def set_up(request: PageRequest) -> HttpResponse:
    """Every step with its counts: few statements, however large the school."""
    school = request.viewer.school
    steps = set_up_steps(request.viewer, today=timezone.localdate())
    context = {
        "school": school,
        "lines": guide_lines(steps),
        "may_finish": not (steps_left(steps) or school.set_up_at),
        "lede": lede_of_guide(school, steps),
    }
    return render(request, "registers/setup/set_up.html", context)


@allowed("keep_school")
@require_POST
def set_up_finish(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    steps = set_up_steps(request.viewer, today=timezone.localdate())
    left = [step.title for step in steps_left(steps)]
    with refusals_as_messages(request):
        finish_set_up(school=school, by=request.user, left=left)
        messages.success(request, f"{school.name} is set up. Every step stays open to you.")
    return redirect("registers:set_up", urn=school.urn)


@require_http_methods(["GET", "POST"])
@allowed("keep_school")
def school_details(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    form = SchoolForm(sent_with(request), school=school)
    if form.is_valid():
        with refusals_in(form):
            changed = keep_details(school=school, details=form.cleaned_data, by=request.user)
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return redirect("registers:set_up", urn=school.urn)
    return render(request, "registers/setup/school.html", {"school": school, "form": form})
