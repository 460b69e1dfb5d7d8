"""Links for colleagues whose accounts came with a file: all in one press, or a sheet to print."""

from dataclasses import dataclass
from typing import Any

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
from registers.rules.grouping import keyed
from registers.rules.wording import many
from registers.setup.staff.actions import account_links
from registers.setup.staff.forms import LinksForm
from registers.setup.staff.sending import can_send_email
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import sent_with
from registers.web.forms import refusals_in

SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who cannot sign in yet, what they are here, and the link that they may have."""

    account: User
    appointments: list[Appointment]
    link: str  # in words: how and until when; empty where there is none
    ticked: bool
    is_first: bool

    @property
    def html_id(self) -> str:
        """The first is where a mistake in the form leads to."""
        return "id_accounts" if self.is_first else f"account-{self.account.pk}"

    @property
    def roles(self) -> str:
        return ", ".join(held.get_role_display() for held in self.appointments)


@require_http_methods(["GET", "POST"])
@allowed("keep_staff")
def staff_links(request: PageRequest) -> HttpResponse:
    """Everybody without a password, ticked; the sheet is the answer itself and kept nowhere."""
    school = request.viewer.school
    form = LinksForm(sent_with(request), accounts=account_links.accounts_without_password(school))
    if form.is_valid():
        give = _sheet if form.cleaned_data["how"] == SHEET else _send
        with refusals_in(form, "accounts"):
            return give(request, list(form.cleaned_data["accounts"]))
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
        people = many(without, "colleague has", "colleagues have")
        messages.info(request, f"{people} no e-mail address and will get no link.")
    return redirect("registers:job", urn=school.urn, job_id=job.pk)


def _colleagues(school: School, form: LinksForm) -> list[Colleague]:
    """Two statements more, however many there are. Who has an open link is not ticked again."""
    here = Appointment.objects.filter(school=school).order_by("role")
    prefetch: Prefetch = Prefetch("appointments", here, to_attr="here")
    accounts: list[Any] = list(form.may_get_one.prefetch_related(prefetch))
    opened = Invitation.objects.filter(
        account__in=accounts, accepted_at=None, withdrawn_at=None
    ).order_by("invited_at")
    links = keyed(opened, "account_id")
    colleagues = []
    for account in accounts:
        link = link_in_words(links.get(account.pk))
        ticked, is_first = _is_ticked(form, account, link), account == accounts[0]
        colleagues.append(Colleague(account, account.here, link, ticked, is_first))
    return colleagues


def _is_ticked(form: LinksForm, account: User, link: str) -> bool:
    """As it was sent; before that, whoever has no link."""
    return str(account.pk) in form.sent_accounts if form.is_bound else not link


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
