"""Links for colleagues whose accounts came with a file: nobody can sign in with those yet.

One link per account, for a sheet on paper or by e-mail. It is an invitation that names the account:
it sets that account's first password, once, within seven days; a new link ends the one before.
Its secret is never kept and never in a message to a worker: the worker makes it as it sends.
"""

import secrets
from collections.abc import Collection
from smtplib import SMTPException

import structlog
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from registers import policies
from registers.models import Appointment, Invitation, Job, School
from registers.models.school.staff import User
from registers.rules.wording import many
from registers.setup.staff.actions.invitations import (
    EXPIRED,
    LASTS,
    USED,
    NewInvitation,
    digest_of_secret,
    locked_invitation,
)
from registers.web.jobs import actions as jobs_actions

log = structlog.get_logger(__name__)
SEND = "registers.tasks.send_account_links"
# For an address that is typed from paper: 16 of 31 signs are 79 bits, none taken for another.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
MOST_NAMED = 3
NOBODY = "Tick the colleagues who are to get a link."


def accounts_without_password(school: School) -> QuerySet[User]:
    """Colleagues here whose account has no password and was never signed in with, by name."""
    here = Appointment.objects.filter(school=school).values("user")
    return User.objects.filter(
        pk__in=here,
        is_active=True,
        last_login=None,
        password__startswith=UNUSABLE_PASSWORD_PREFIX,
    ).order_by("name", "username")


@transaction.atomic
def make_account_links(*, school: School, users: Collection[User], by: User) -> list[NewInvitation]:
    """A link on paper for each of these accounts, in their order. Raises Refused."""
    policies.check(by, "keep_staff", school=school)
    return [_make_link(school, account, _paper_secret(), by) for account in _theirs(school, users)]


@transaction.atomic
def send_account_links(*, school: School, users: Collection[User], site: str, by: User) -> Job:
    """Have a worker send each of these accounts its link; `site` is the address of Rollbook.

    Whoever has no e-mail address gets none, and the job says who. Raises Refused.
    """
    policies.check(by, "keep_staff", school=school)
    accounts = [account.pk for account in _theirs(school, users)]
    return jobs_actions.start_job(
        school=school,
        kind=SEND,
        action="keep_staff",
        title="Links for colleagues by e-mail",
        by=by,
        asked={"accounts": accounts, "site": site.rstrip("/")},
    )


def send_links(job: Job, report: jobs_actions.Report) -> jobs_actions.Outcome:
    """The worker's part. Begun again, it passes over whoever was sent theirs before."""
    accounts = list(accounts_without_password(job.school).filter(pk__in=job.asked["accounts"]))
    unsent: list[str] = []
    for number, account in enumerate(accounts):
        report(number, len(accounts), "Sending the links:")
        if problem := _send_link(job, account):
            unsent.append(f"{account}: {problem}")
    sent = len(accounts) - len(unsent)
    report(len(accounts), len(accounts), "Sending the links:")
    answer = {"url": reverse("registers:staff_links", kwargs={"urn": job.school.urn})}
    said = f"{many(sent, 'link is', 'links are')} on the way."
    if unsent:
        said += f" Not sent: {_first_of(unsent)}. Print a sheet for them."
    return jobs_actions.Outcome(said, answer | {"sent": sent, "unsent": unsent})


def _first_of(unsent: list[str]) -> str:
    more = len(unsent) - MOST_NAMED
    return "; ".join(unsent[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _send_link(job: Job, account: User) -> str:
    """Why the link could not be sent, in words; nothing where it was."""
    if not account.email:
        return "no e-mail address"
    links = Invitation.objects.filter(school=job.school, account=account)
    if links.filter(sent_at__gte=job.started_at).exists():
        return ""
    secret = secrets.token_urlsafe(32)
    invitation = _make_link(job.school, account, secret, job.started_by).invitation
    link = job.asked["site"] + reverse("accept_invitation", args=[secret])
    try:
        send_mail(*_letter(invitation, account, link), None, [account.email])
    except (OSError, SMTPException) as problem:
        log.warning("account_link_not_sent", user_id=account.pk, exc_info=problem)
        Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
        return f"{account.email} could not be reached"
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now())
    return ""


def _letter(invitation: Invitation, account: User, link: str) -> tuple[str, str]:
    school = invitation.school
    return (
        f"Your account for the registers of {school}",
        f"{invitation.invited_by} has made you an account in Rollbook, where {school} keeps its "
        f"attendance register. Your username is {account.username}.\n\n"
        f"Choose your password here, within seven days. The link works once:\n{link}\n",
    )


@transaction.atomic
def accept_with_password(*, secret: str, password: str) -> User:
    """Give the account of this link its first password. Raises Refused."""
    invitation = locked_invitation(secret)
    account = User.objects.select_for_update().filter(pk=invitation.account_id or 0).first()
    if account is None:
        raise policies.Refused(EXPIRED)
    if account.has_usable_password() or not account.is_active:
        raise policies.Refused(USED)
    account.set_password(password)
    account.save(update_fields=["password"])
    Invitation.objects.filter(pk=invitation.pk).update(
        accepted_at=timezone.now(), accepted_by=account
    )
    return account


def _theirs(school: School, users: Collection[User]) -> QuerySet[User]:
    """Those of them that may still get a link: somebody may have signed in meanwhile. Raises
    Refused where nobody is left."""
    theirs = accounts_without_password(school).filter(pk__in=[user.pk for user in users])
    if not theirs:
        raise policies.Refused(NOBODY)
    return theirs


@transaction.atomic
def _make_link(school: School, account: User, secret: str, by: User) -> NewInvitation:
    now = timezone.now()
    Invitation.objects.filter(account=account, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=now
    )
    held = Appointment.objects.filter(school=school, user=account).order_by("pk").first()
    invitation = Invitation.objects.create(
        school=school,
        account=account,
        role=held.role if held else Appointment.Role.TEACHER,
        name=str(account),
        email=account.email,
        digest=digest_of_secret(secret),
        invited_at=now,
        invited_by=by,
        expires_at=now + LASTS,
    )
    return NewInvitation(invitation, secret)


def _paper_secret() -> str:
    """Four times four signs, such as k7mf-2qpx-9dht-v4ws."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(4))
