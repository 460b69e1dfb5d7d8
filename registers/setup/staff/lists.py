"""The staff of a school and who is invited, as lines of a page."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.utils import timezone

from registers import policies
from registers.models import Appointment, Invitation, School


@dataclass(frozen=True, slots=True)
class StaffLine:
    """An appointment: who, as what, for which groups, and how they sign in."""

    appointment: Appointment
    has_second_factor: bool

    @property
    def position(self) -> str:
        """Where it says more than the role."""
        held = self.appointment
        return "" if held.position == held.get_role_display() else held.position

    @property
    def groups(self) -> str:
        return ", ".join(group.name for group in self.appointment.groups.all())

    @property
    def without_groups(self) -> str:
        """What stands in place of groups where there is none."""
        if self.groups:
            return ""
        return "none yet" if self.appointment.role == Appointment.Role.TEACHER else "all"

    @property
    def second_factor(self) -> "SecondFactorState":
        if self.has_second_factor:
            return SecondFactorState("on", "")
        if self.appointment.role in policies.NEEDS_SECOND_FACTOR:
            return SecondFactorState("asked for at sign-in", "tag tag-warn")
        return SecondFactorState("off", "muted")


@dataclass(frozen=True, slots=True)
class SecondFactorState:
    words: str
    css: str


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation that nobody has taken up yet."""

    invitation: Invitation
    now: datetime

    @property
    def reached_at(self) -> str:
        return f"{self.invitation.email}. " if self.invitation.email else ""

    @property
    def is_expired(self) -> bool:
        return self.invitation.expires_at < self.now

    @property
    def good_until(self) -> str:
        if self.is_expired:
            return ""
        until = timezone.localtime(self.invitation.expires_at)
        return f"; good until {until.day} {until:%B, %H:%M}"


def staff_lines(school: School) -> list[StaffLine]:
    """Two statements, however many people there are."""
    second = Authenticator.objects.filter(user=OuterRef("user"))
    people = (
        Appointment.objects.filter(school=school)
        .select_related("user")
        .annotate(has_second_factor=Exists(second))
        .prefetch_related("groups")
        .order_by("user__name", "user__username", "role")
    )
    return [StaffLine(held, held.has_second_factor) for held in people]


def invitation_lines(school: School, now: datetime) -> list[InvitationLine]:
    waiting = Invitation.objects.filter(
        school=school, account=None, accepted_at=None, withdrawn_at=None
    )
    return [InvitationLine(each, now) for each in waiting.select_related("invited_by")]
