"""Another time on the roll; the year group and the registration group of one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers.models import Enrolment
from registers.roll.actions import enrolments, places
from registers.roll.addresses import enrolment_of, page_of, pupil_of
from registers.roll.form_parts import saved
from registers.roll.places.forms import ComeBackForm, PlaceForm
from registers.roll.pupils.queries import registration_groups
from registers.web.access import PageRequest, allowed


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def enrolment_new(request: PageRequest, pupil_id: int) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    form = ComeBackForm(
        request.POST or None,
        initial={"starts_on": timezone.localdate()},
        groups=registration_groups(request.viewer.school),
        back=page_of(request, pupil),
    )

    def enrol() -> HttpResponse:
        given = form.cleaned_data
        enrolments.enrol_again(
            pupil=pupil,
            spell=form.spell,
            year_group=given["year_group"],
            group=given["group"],
            by=request.user,
        )
        messages.success(request, f"{pupil.forename} {pupil.surname} is on the roll again.")
        return redirect(page_of(request, pupil))

    if done := saved(form, enrol):
        return done
    return render(
        request, "registers/roll/places/enrolment_new.html", {"form": form, "pupil": pupil}
    )


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def enrolment_place(request: PageRequest, pupil_id: int, enrolment_id: int) -> HttpResponse:
    enrolment = enrolment_of(request, pupil_id, enrolment_id)
    pupil, school, today = enrolment.pupil, request.viewer.school, timezone.localdate()
    years = places.academic_years_of(enrolment).reverse()
    form = PlaceForm(
        request.POST or None,
        initial={
            **_latest_year(enrolment, today),
            "from_on": max(today, enrolment.starts_on),
        },
        years=years,
        groups=registration_groups(school),
        back=page_of(request, pupil),
    )

    def place() -> HttpResponse:
        given = form.cleaned_data
        places.place_pupil(
            enrolment=enrolment,
            academic_year=given["academic_year"],
            year_group=given["year_group"],
            group=given["group"],
            from_on=given["from_on"],
            by=request.user,
        )
        messages.success(request, "Year and group are saved.")
        return redirect(page_of(request, pupil))

    if done := saved(form, place):
        return done
    members = enrolment.memberships.select_related("group").order_by("-from_on")
    context = {"form": form, "pupil": pupil, "enrolment": enrolment, "memberships": members}
    return render(request, "registers/roll/places/place.html", context)


def _latest_year(enrolment: Enrolment, today: date) -> dict[str, Any]:
    """The latest year that has begun, else the first to come, and its year group."""
    years = places.academic_years_of(enrolment)
    year = years.filter(starts_on__lte=today).last() or years.first()
    year_group = enrolment.years.filter(academic_year=year).values_list("year_group", flat=True)
    return {"academic_year": year, "year_group": year_group.first() or ""}
