"""The pages of the house itself: sign-in, the first page, the gallery of components."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from attendance_site.forms import FirstAccountForm, FirstPasswordForm, NewAccountForm, SignInForm
from attendance_site.pages import gallery
from attendance_site.pages import home as start
from interventions.letters.queue import COPY_SAID, SAID
from registers import policies
from registers.code_list.views import codes_by_category
from registers.models import Appointment, Invitation
from registers.models.school.staff import User
from registers.rules.codes import CODES
from registers.setup.staff.actions import account_links, invitations
from registers.web.access import SIGNED_IN, SignedInRequest, allowed

Role = Appointment.Role


@require_http_methods(["GET", "POST"])
def accept_invitation(request: SignedInRequest, secret: str) -> HttpResponse:
    """The link of an invitation: a new account, or one more role for whoever is signed in."""
    try:
        invitation = invitations.open_invitation(secret)
    except Invitation.DoesNotExist:
        raise Http404("There is no such invitation.") from None
    except policies.Refused as refusal:
        return render(
            request, "attendance_site/invitation.html", {"refusal": str(refusal)}, status=410
        )
    if invitation.account_id:
        return _first_password(request, invitation, secret)
    if request.user.is_authenticated and invitation.school_id:
        return _one_more_role(request, invitation, secret)
    form_class = NewAccountForm if invitation.school_id else FirstAccountForm
    form = form_class(request.POST or None, invitation=invitation)
    if form.is_valid() and (user := _new_account(form, secret)):
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("home")
    context = {"form": form, "invitation": invitation}
    return render(request, "attendance_site/invitation.html", context)


def _new_account(form: NewAccountForm, secret: str) -> User | None:
    given = form.cleaned_data
    wanted = {word: given[word] for word in ("username", "name", "email", "password")}
    try:
        return invitations.accept_with_new_account(secret=secret, school=form.school, **wanted)
    except ValidationError as problem:
        form.add_error(None, problem)
    except policies.Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _first_password(request: SignedInRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """The link of an account that came with a file: its owner chooses a password."""
    context = {"invitation": invitation}
    if request.user.is_authenticated:
        return render(request, "attendance_site/first_password.html", context)
    form = FirstPasswordForm(request.POST or None, account=invitation.account)
    if form.is_valid():
        try:
            user = account_links.accept_with_password(
                secret=secret, password=form.cleaned_data["password"]
            )
        except policies.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("home")
    return render(request, "attendance_site/first_password.html", context | {"form": form})


def _one_more_role(request: SignedInRequest, invitation: Invitation, secret: str) -> HttpResponse:
    if request.method == "POST":
        try:
            invitations.accept_with_account(secret=secret, user=request.user)
        except policies.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("home")
    return render(request, "attendance_site/invitation.html", {"invitation": invitation})


@require_safe
@allowed(SIGNED_IN)
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for the person at each of their schools; a teacher of one goes to Today."""
    viewer = request.viewer
    roles = {held.role for held in viewer.appointments}
    if roles == {Role.TEACHER} and len(viewer.schools) == 1:
        return redirect("registers:today", urn=viewer.schools[0].urn)
    schools = start.schools_of(viewer, timezone.localdate())
    context = {
        "schools": schools,
        "waits_at": [at.school.name for at in schools if at.waits],
        "jobs": start.jobs_of(viewer),
    }
    return render(request, "attendance_site/home.html", context)


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
        "states": SAID,
        "copy_states": COPY_SAID,
        "form": form,
        "cell_states": gallery.CELL_STATES,
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
    }
    return render(request, "attendance_site/components.html", context)
