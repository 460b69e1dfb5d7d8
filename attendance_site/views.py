"""The pages of the house itself: sign-in, the first page, the gallery of components."""

from dataclasses import dataclass

from django.contrib.auth.views import LoginView, LogoutView
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.decorators.http import require_safe

from absence.listing import BandLine
from absence.measures import DEFAULT_BANDS
from absence.wording import attendance_range, shape
from attendance_site.forms import SignInForm
from interventions.models import Letter, Night
from interventions.views.queue import SAID, WAITING
from registers.codes import CODES
from registers.models import Appointment, School
from registers.views.access import SIGNED_IN, Place, allowed
from registers.views.codes import codes_by_category

Role = Appointment.Role


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "registration/login.html"
    next_page = reverse_lazy("home")
    redirect_authenticated_user = True


class SignOut(LogoutView):
    next_page = reverse_lazy("sign_in")


# What a role comes for, in this order; a page that a person may not open is left out.
COMES_FOR: dict[str, tuple[str, ...]] = {
    Role.TEACHER: ("pupils", "codes"),
    Role.OFFICE: ("pupils", "nights", "codes"),
    Role.ATTENDANCE_OFFICER: ("letters", "pupils", "nights", "codes"),
    Role.SAFEGUARDING_LEAD: ("pupils", "letters", "nights", "codes"),
    Role.SLT: ("pupils", "letters", "nights", "codes"),
    Role.ADMINISTRATOR: ("nights", "pupils", "codes"),
    Role.TRUST_LEADER: ("pupils", "codes"),
}
NEEDS = {"pupils": "see_pupils", "letters": "see_letters", "nights": "see_nights"}


@dataclass(frozen=True, slots=True)
class AtSchool:
    """A school on the first page: what the person is there, and what leads them on."""

    school: School
    held: list[Appointment]
    pages: list[str]
    waiting: int
    night: Night | None


@require_safe
@allowed(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    place = request.place
    waiting, nights = _waiting(place), _last_nights(place)
    schools = [
        AtSchool(
            school=school,
            held=[held for held in place.appointments if held.school == school],
            pages=_pages(place, school),
            waiting=waiting.get(school.pk, 0),
            night=nights.get(school.pk),
        )
        for school in place.schools
    ]
    return render(request, "attendance_site/home.html", {"schools": schools})


def _pages(place: Place, school: School) -> list[str]:
    """The pages that the person may open there, in the order of their first role."""
    roles = [held.role for held in place.appointments if held.school == school]
    wanted = dict.fromkeys(page for role in roles for page in COMES_FOR[role])
    return [page for page in wanted if page == "codes" or place.may(NEEDS[page], school)]


def _schools_where(place: Place, action: str) -> list[int]:
    return [school.pk for school in place.schools if place.may(action, school)]


def _waiting(place: Place) -> dict[int, int]:
    """Letters that wait for somebody, by school, where the person may see them."""
    letters = Letter.objects.filter(
        enrolment__school__in=_schools_where(place, "see_letters"), state__in=WAITING.states
    ).order_by()
    return dict(letters.values_list("enrolment__school").annotate(Count("pk")))


def _last_nights(place: Place) -> dict[int, Night]:
    """The latest run of each school where the person may see it: one statement for all."""
    latest = (
        Night.objects.filter(school=OuterRef("school"))
        .order_by("-started_at", "-pk")
        .values("pk")[:1]
    )
    runs = Night.objects.filter(school__in=_schools_where(place, "see_nights"), pk=Subquery(latest))
    return {run.school_id: run for run in runs}


@require_safe
@allowed(SIGNED_IN)
def components(request: HttpRequest) -> HttpResponse:
    """Every part, once, with its states, for whoever writes a page."""
    bands = [
        BandLine(
            name=band.name,
            title=band.title,
            attendance=attendance_range(DEFAULT_BANDS, index),
            shape=shape(DEFAULT_BANDS, index),
            pupils=0,
            per_mille=0,
        )
        for index, band in enumerate(DEFAULT_BANDS)
    ]
    form = SignInForm(request, data={"username": "a.nother", "password": ""})
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    form.helper.layout.pop(-1)
    context = {
        "categories": codes_by_category(list(CODES.values())),
        "bands": bands,
        "states": SAID,
        "form": form,
    }
    return render(request, "attendance_site/components.html", context)
