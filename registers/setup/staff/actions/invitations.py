"""Invitations: made, sent, taken up. Who is not invited has no account.

The secret of a link is told once, to whoever made it and to the person invited; kept is only its
digest. Taking one up makes the account and the appointment, or adds the appointment to the
account of whoever is signed in.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registers import policies
from registers.models import Appointment, Group, Invitation, School
from registers.models.school.staff import User
from registers.rules.wording import first_so

LASTS = timedelta(days=7)
FIRST_LASTS = timedelta(hours=24)
WITHDRAWN = "This invitation has been withdrawn. Ask your school’s administrator for a new one."
USED = "This invitation has been used. Sign in with the account that was made with it."
EXPIRED = "This invitation has expired. Ask your school’s administrator for a new one."
FIRST_EXPIRED = "This link has expired. Start Rollbook again, and it prints a new one."


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation and the secret of its link, which is nowhere kept."""

    invitation: Invitation
    secret: str


def digest_of_secret(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _digests(secret: str) -> list[str]:
    """A link that was typed from paper may have come in capitals."""
    return [digest_of_secret(secret), digest_of_secret(secret.lower())]


@transaction.atomic
def invite(
    *,
    school: School,
    role: str,
    name: str,
    email: str,
    position: str,
    groups: Collection[Group],
    by: User,
) -> NewInvitation:
    """Ask a person to join the school's staff. Raises Refused."""
    policies.check(by, "keep_staff", school=school)
    return _make(
        school=school, role=role, name=name, email=email, position=position, groups=groups, by=by
    )


@transaction.atomic
def invite_first_administrator() -> NewInvitation | None:
    """The link for whoever sets Rollbook up; None where there is an account already.

    Earlier links of this kind stop working: only the one printed last is good.
    """
    if User.objects.exists():
        return None
    Invitation.objects.filter(school=None, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )
    return _make(school=None, role=Appointment.Role.ADMINISTRATOR, lasts=FIRST_LASTS)


def _make(
    *,
    school: School | None,
    role: str,
    name: str = "",
    email: str = "",
    position: str = "",
    groups: Collection[Group] = (),
    by: User | None = None,
    lasts: timedelta = LASTS,
) -> NewInvitation:
    secret, now = secrets.token_urlsafe(32), timezone.now()
    invitation = Invitation.objects.create(
        school=school,
        role=role,
        name=name,
        email=email,
        position=position,
        digest=digest_of_secret(secret),
        invited_at=now,
        invited_by=by,
        expires_at=now + lasts,
    )
    invitation.groups.set(groups)
    return NewInvitation(invitation, secret)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    """Its link stops working. Raises Refused."""
    policies.check(by, "keep_staff", school=invitation.school_id or 0)
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )


def open_invitation(secret: str) -> Invitation:
    """The invitation of a link. Raises Invitation.DoesNotExist; Refused, saying why, when the
    link was good once."""
    invitation = Invitation.objects.select_related("school", "account").get(
        digest__in=_digests(secret)
    )
    _check_open(invitation)
    return invitation


def _check_open(invitation: Invitation) -> None:
    withdrawn, expired = (
        (WITHDRAWN, EXPIRED) if invitation.school_id else (FIRST_EXPIRED, FIRST_EXPIRED)
    )
    why = first_so(
        (invitation.accepted_at, USED),
        (invitation.withdrawn_at, withdrawn),
        (invitation.expires_at <= timezone.now(), expired),
    )
    if why:
        raise policies.Refused(why)


@transaction.atomic
def accept_with_new_account(
    *, secret: str, username: str, name: str, email: str, password: str, school: School | None
) -> User:
    """Make the account and its appointment. The first administrator brings the `school`, unsaved.

    Raises Refused when the link is not good, ValidationError when the username is taken.
    """
    invitation = locked_invitation(secret)
    taken = ValidationError({"username": "This username is taken. Choose another."})
    if User.objects.filter(username__iexact=username).exists():
        raise taken
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username=username, email=email, password=password, name=name
            )
    except IntegrityError:  # somebody took it in this very moment
        raise taken from None
    _take_up(invitation, user, school)
    return user


@transaction.atomic
def accept_with_account(*, secret: str, user: User) -> None:
    """Add the appointment to an account that its owner is signed in with. Raises Refused."""
    _take_up(locked_invitation(secret), user, None)


def locked_invitation(secret: str) -> Invitation:
    """The open invitation of a link, locked until it is taken up. Raises Refused."""
    found = Invitation.objects.select_for_update().filter(digest__in=_digests(secret)).first()
    if found is None:
        raise policies.Refused(EXPIRED)
    _check_open(found)
    return found


def _take_up(invitation: Invitation, user: User, school: School | None) -> None:
    if invitation.school_id is None:
        if school is None:
            raise policies.Refused("Say which school you set up.")
        try:
            with transaction.atomic():
                school.save(force_insert=True)
        except IntegrityError:
            raise ValidationError({"urn": "A school with this URN is here already."}) from None
        invitation.school = school
    appointment, _ = Appointment.objects.get_or_create(
        user=user,
        school=invitation.school,
        role=invitation.role,
        defaults={"position": invitation.position},
    )
    appointment.groups.add(*invitation.groups.all())
    Invitation.objects.filter(pk=invitation.pk).update(
        accepted_at=timezone.now(), accepted_by=user, school=invitation.school
    )
