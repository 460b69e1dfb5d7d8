"""The staff of a school: who is here, who is invited, what each may do."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers.models import Appointment, Invitation
from registers.setup.staff.actions import invitations
from registers.setup.staff.actions import staff as actions
from registers.setup.staff.actions.account_links import accounts_without_password
from registers.setup.staff.forms import InviteForm, StaffForm
from registers.setup.staff.lists import invitation_lines, staff_lines
from registers.setup.staff.sending import can_send_email
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.forms import refusals_in

NEW_LINK = "new_invitation_link"


@require_safe
@allowed("keep_staff")
def staff(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    context = {
        "people": staff_lines(school),
        "waiting": invitation_lines(school, timezone.now()),
        "without_password": accounts_without_password(school).count(),
        "new_link": request.session.pop(NEW_LINK, None),
    }
    return render(request, "registers/setup/staff/staff.html", context)


@require_http_methods(["GET", "POST"])
@allowed("keep_staff")
def invite(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    form = InviteForm(request.POST or None, school=school)
    if form.is_valid():
        made = invitations.invite(school=school, by=request.user, **form.cleaned_data)
        link = request.build_absolute_uri(reverse("accept_invitation", args=[made.secret]))
        request.session[NEW_LINK] = {"name": made.invitation.name, "url": link}
        messages.success(request, _said(made.invitation, link))
        return redirect("registers:staff", urn=school.urn)
    return render(request, "registers/setup/staff/invite.html", {"form": form})


def _said(invitation: Invitation, link: str) -> str:
    """Send the link where that can be, and say what was done."""
    if not invitation.email or not can_send_email():
        return f"{invitation.name} is invited. Hand over the link below: it is shown once."
    try:
        send_mail(
            f"Your account for the registers of {invitation.school}",
            f"{invitation.invited_by} invites you to Rollbook, where {invitation.school} keeps its "
            f"attendance register.\n\nMake your account here, within seven days:\n{link}\n",
            None,
            [invitation.email],
        )
    except OSError:
        return (
            f"{invitation.name} is invited, but the e-mail could not be sent. "
            "Hand over the link below."
        )
    return f"{invitation.name} is invited, and the link is on its way to {invitation.email}."


@require_http_methods(["GET", "POST"])
@allowed("keep_staff")
def appointment(request: PageRequest, appointment_id: int) -> HttpResponse:
    school, held = request.viewer.school, _appointment_of(request, appointment_id)
    start = {"role": held.role, "position": held.position, "groups": held.groups.all()}
    form = StaffForm(request.POST or None, school=school, initial=start)
    if form.is_valid():
        with refusals_in(form, "role"):
            actions.change_appointment(appointment=held, by=request.user, **form.cleaned_data)
            messages.success(request, f"{held.user} is brought up to date.")
            return redirect("registers:staff", urn=school.urn)
    second = Authenticator.objects.filter(user=held.user_id).exists()
    context = {"form": form, "held": held, "has_second_factor": second}
    return render(request, "registers/setup/staff/appointment.html", context)


def _appointment_of(request: PageRequest, appointment_id: int) -> Appointment:
    rows = Appointment.objects.select_related("user")
    return get_object_or_404(rows, pk=appointment_id, school=request.viewer.school)


@allowed("keep_staff")
@require_POST
def end_appointment(request: PageRequest, appointment_id: int) -> HttpResponse:
    held = _appointment_of(request, appointment_id)
    with refusals_as_messages(request, messages.ERROR):
        actions.end_appointment(appointment=held, by=request.user)
        messages.success(
            request, f"{held.user} is no longer {held.get_role_display().lower()} here."
        )
    return redirect("registers:staff", urn=request.viewer.school.urn)


@allowed("keep_staff")
@require_POST
def take_second_factor_away(request: PageRequest, appointment_id: int) -> HttpResponse:
    held = _appointment_of(request, appointment_id)
    with refusals_as_messages(request, messages.ERROR):
        actions.take_second_factor_away(appointment=held, by=request.user)
        said = f"{held.user} signs in without a second factor now, or makes a new one."
        messages.success(request, said)
    return redirect("registers:staff", urn=request.viewer.school.urn)


@allowed("keep_staff")
@require_POST
def withdraw_invitation(request: PageRequest, invitation_id: int) -> HttpResponse:
    school = request.viewer.school
    found = get_object_or_404(Invitation, pk=invitation_id, school=school)
    invitations.withdraw_invitation(invitation=found, by=request.user)
    messages.success(
        request, f"The invitation of {found.name} is withdrawn: its link no longer works."
    )
    return redirect("registers:staff", urn=school.urn)
