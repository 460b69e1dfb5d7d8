"""The first page, the gallery of components, and the page of a form that has expired."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from attendance_site.accounts.forms import SignInForm
from attendance_site.pages import gallery
from attendance_site.pages import home as start
from attendance_site.pages.wording import opening
from interventions.letters.queue import COPY_STATES, LETTER_STATES
from registers.code_list.views import codes_by_category
from registers.models import Appointment
from registers.rules.codes import CODES
from registers.web.access import SIGNED_IN, SignedInRequest, allowed

Role = Appointment.Role


@require_safe
@allowed(SIGNED_IN)
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for the person at each of their schools; a teacher of one goes to Today."""
    viewer = request.viewer
    roles = {one.role for one in viewer.appointments}
    if roles == {Role.TEACHER} and len(viewer.schools) == 1:
        return redirect("registers:today", urn=viewer.schools[0].urn)
    schools = start.schools_of(viewer, timezone.localdate())
    context = {
        "schools": schools,
        "opening": opening(schools),
        "jobs": start.jobs_of(viewer),
    }
    return render(request, "attendance_site/home/home.html", context)


def form_expired(request: SignedInRequest, reason: str = "") -> HttpResponse:
    """Sent from a page that was open across a sign-in or sign-out: nothing was written."""
    return render(request, "attendance_site/form_expired.html", status=403)


@require_safe
@allowed(SIGNED_IN)
def components(request: SignedInRequest) -> HttpResponse:
    """Every part, once, with its states, for whoever writes a page."""
    form = SignInForm(request=request, data={"login": "a.nother", "password": ""})
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    form.helper.layout.pop(-1)
    context = {
        "categories": codes_by_category(list(CODES.values())),
        "bands": gallery.bands(),
        "states": LETTER_STATES,
        "copy_states": COPY_STATES,
        "form": form,
        "cell_examples": gallery.CELL_EXAMPLES,
        "sizes": gallery.SIZES,
        "patterns": gallery.PATTERNS,
        "today": timezone.localdate(),
        "due_days": gallery.due_days(timezone.localdate()),
        "effects": gallery.effects(),
        "jobs": gallery.jobs(),
        "anywhere": gallery.anywhere(),
        "tasks": gallery.tasks(),
        "menu": gallery.menu(),
        "pictures": gallery.pictures(),
        "grid": gallery.grid(),
        "addresses": gallery.MarksLeadHere(),
    }
    return render(request, "attendance_site/gallery/components.html", context)
