"""The admission register: its list, a new pupil, and all that it holds of one."""

import structlog
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registers.models import Pupil
from registers.roll.actions import pupils as actions
from registers.roll.addresses import page_of
from registers.roll.form_parts import saved
from registers.roll.merging.queries import stands_for
from registers.roll.pupils import queries, wording
from registers.roll.pupils.forms import DetailsForm, NewPupilForm, RollForm
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import chips_of

log = structlog.get_logger(__name__)
PER_PAGE = 50


@require_safe
@allowed("keep_pupils")
def roll(request: PageRequest) -> HttpResponse:
    """The times on the roll, a line for each. The statements do not grow with the pupils."""
    school, today = request.viewer.school, timezone.localdate()
    form = RollForm(
        request.GET,
        groups=queries.registration_groups(school),
        years=queries.year_groups_of(school),
    )
    form.is_valid()
    rows = queries.enrolments_wanted(school, form.cleaned_data, today)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    chips = chips_of(request, form, ("q", "state", "year", "group"))
    state = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "chips": chips,
        "page": page,
        "today": today,
        "lede": wording.roll_lede(queries.counts_of(school, today)),
        "heading": wording.list_heading(state),
        "number": wording.how_many(page.paginator.count, state),
        "empty": wording.empty_list(school, is_narrowed=bool(chips)),
    }
    return render(request, "registers/roll/pupils/roll.html", context)


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def pupil_new(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    form = NewPupilForm(
        request.POST or None,
        initial={"starts_on": timezone.localdate()},
        groups=queries.registration_groups(school),
        back=reverse("registers:roll", kwargs={"urn": school.urn}),
    )

    def admit() -> HttpResponse:
        given = form.cleaned_data
        enrolment = actions.admit_pupil(
            school=school,
            details=form.details,
            spell=form.spell,
            year_group=given["year_group"],
            group=given["group"],
            another_child=given["another_child"],
            by=request.user,
        )
        pupil = enrolment.pupil
        messages.success(request, f"{pupil.forename} {pupil.surname} is on the roll.")
        return redirect("registers:pupil_edit", urn=school.urn, pupil_id=pupil.pk)

    if done := saved(form, admit):
        return done
    return render(request, "registers/roll/pupils/pupil_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def pupil_edit(request: PageRequest, pupil_id: int) -> HttpResponse:
    """Everything that the admission register holds of a pupil, in a fixed number of statements."""
    pupil = Pupil.objects.filter(school=request.viewer.school, pk=pupil_id).first()
    if pupil is None:
        return _to_who_stands(request, pupil_id)
    form = DetailsForm(request.POST or None, pupil=pupil)

    def change() -> HttpResponse:
        changed = actions.change_pupil(
            pupil=pupil,
            details=form.details,
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        if changed:
            messages.success(request, "The details are saved.")
        else:
            messages.info(request, "Nothing was different.")
        return redirect(page_of(request, pupil))

    if done := saved(form, change):
        return done
    log.info("roll_page_read", user_id=request.user.pk)
    page = queries.read_roll_page(
        pupil, timezone.localdate(), with_contacts=request.viewer.may("see_contacts")
    )
    context = {
        "pupil": pupil,
        "form": form,
        "page": page,
        "lede": wording.pupil_lede(page),
        "changes": page.changes,
    }
    return render(request, "registers/roll/pupils/pupil.html", context)


def _to_who_stands(request: PageRequest, pupil_id: int) -> HttpResponse:
    """To the page of the pupil whom one who was merged is part of."""
    pupil = stands_for(request.viewer.school, pupil_id)
    if pupil is None:
        raise Http404
    return redirect(page_of(request, pupil))
