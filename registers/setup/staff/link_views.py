"""Links for colleagues whose accounts came with a file: all in one press, or a sheet to print."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers import policies
from registers.models import Appointment, Invitation, School
from registers.models.school.staff import User
from registers.setup.staff.actions import account_links
from registers.setup.staff.forms import LinksForm
from registers.setup.staff.sending import can_send_email
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import sent_with

SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who cannot sign in yet, what they are here, and the link that they may have."""

    account: User
    roles: str
    link: str  # in words: how and until when; empty where there is none
    ticked: bool
    html_id: str  # the first is where a mistake in the form leads to


@require_http_methods(["GET", "POST"])
@allowed("keep_staff")
def staff_links(request: PageRequest) -> HttpResponse:
    """Everybody without a password, ticked; the sheet is the answer itself and kept nowhere."""
    school = request.viewer.school
    form = LinksForm(sent_with(request), accounts=account_links.accounts_without_password(school))
    if form.is_valid():
        chosen = list(form.cleaned_data["accounts"])
        try:
            if form.cleaned_data["how"] == SHEET:
                return _sheet(request, chosen)
            return _send(request, chosen)
        except policies.Refused as refusal:
            form.add_error("accounts", str(refusal))
    context = {
        "form": form,
        "school": school,
        "colleagues": _colleagues(school, form),
        "can_send": can_send_email(),
    }
    return render(request, "registers/setup/staff/links.html", context)


def _sheet(request: PageRequest, chosen: list[User]) -> HttpResponse:
    school = request.viewer.school
    made = account_links.make_account_links(school=school, users=chosen, by=request.user)
    slips = [
        (
            one.invitation.account,
            request.build_absolute_uri(reverse("accept_invitation", args=[one.secret])),
            one.invitation.expires_at,
        )
        for one in made
    ]
    context = {"school": school, "slips": slips}
    return render(request, "registers/setup/staff/links_sheet.html", context)


def _send(request: PageRequest, chosen: list[User]) -> HttpResponse:
    school = request.viewer.school
    if not can_send_email():
        raise policies.Refused("Rollbook cannot send e-mail here. Print a sheet instead.")
    job = account_links.send_account_links(
        school=school, users=chosen, site=request.build_absolute_uri("/"), by=request.user
    )
    without = sum(not account.email for account in chosen)
    if without:
        people = "colleague has" if without == 1 else "colleagues have"
        messages.info(request, f"{without} {people} no e-mail address and will get no link.")
    return redirect("registers:job", urn=school.urn, job_id=job.pk)


def _colleagues(school: School, form: LinksForm) -> list[Colleague]:
    """Two statements more, however many there are. Who has an open link is not ticked again."""
    here = Appointment.objects.filter(school=school).order_by("role")
    accounts = list(form.accounts.prefetch_related(Prefetch("appointments", here, to_attr="here")))
    links = {
        link.account_id: link
        for link in Invitation.objects.filter(
            account__in=accounts, accepted_at=None, withdrawn_at=None
        ).order_by("invited_at")
    }
    sent = form.sent_accounts
    return [
        Colleague(
            account,
            ", ".join(held.get_role_display() for held in account.here),
            said := link_in_words(links.get(account.pk)),
            str(account.pk) in sent if form.is_bound else not said,
            f"account-{account.pk}" if number else "id_accounts",
        )
        for number, account in enumerate(accounts)
    ]


def link_in_words(link: Invitation | None) -> str:
    """How somebody got their link and whether it is still good; nothing where there is none."""
    if link is None:
        return ""
    how = "Sent by e-mail" if link.sent_at else "On a sheet"
    made = timezone.localtime(link.sent_at or link.invited_at)
    until = timezone.localtime(link.expires_at)
    is_over = link.expires_at <= timezone.now()
    good = "no longer good" if is_over else f"good until {until.day} {until:%B, %H:%M}"
    return f"{how} on {made.day} {made:%B}, {good}"
