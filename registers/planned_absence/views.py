"""The list of planned absences."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registers.planned_absence import queries, wording
from registers.planned_absence.forms import PlansForm
from registers.rules.pupils.namesakes import pupils_apart
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import chips_of

PER_PAGE = 50


@require_safe
@allowed("plan_absence")
def planned(request: PageRequest) -> HttpResponse:
    """A line for each plan; those of one trip are one line. Statements do not grow with them."""
    school, today = request.viewer.school, timezone.localdate()
    batch = batch_from(request.GET.get("batch"))
    form = PlansForm(request.GET, groups=queries.groups_of(school), batch=str(batch or ""))
    form.is_valid()
    wanted = form.cleaned_data
    when = wanted.get("when", "")
    plans = queries.plans_wanted(school, wanted, batch, today)
    page = Paginator(plans, PER_PAGE).get_page(request.GET.get("page"))
    lines = queries.listed_plans(page, today)
    chips = chips_of(request, form, ("q", "when", "kind", "group"))
    counts = queries.counts_of(school, today)
    context = {
        "form": form,
        "chips": chips,
        "batch": batch,
        "page": page,
        "lines": lines,
        "apart": pupils_apart((one.plan.enrolment.pupil for one in lines), with_birth=True),
        "papers": wording.papers_label(counts),
        "today": today,
        "when": when,
        "heading": wording.list_heading(when, batch),
        "lede": wording.list_lede(counts),
        "empty": wording.empty_list(school, is_narrowed=bool(chips), counts=counts),
    }
    return render(request, "registers/planned_absence/planned.html", context)


def batch_from(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
