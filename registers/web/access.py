"""Who may open a page. Every view says it in one line, and a test reads that line.

    @allowed("see_letters")      the roles of policies.ROLES, at the school that the address names
    @allowed(SIGNED_IN)          everybody with an account: nothing on it belongs to one school

A stranger is sent to the sign-in page. Whoever is nothing at a school is told that there is no such
page, so that an address gives nothing away. Whoever is something there, yet not this, is told so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django_htmx.middleware import HtmxDetails

from registers import policies
from registers.models import (
    Appointment,
    Enrolment,
    Membership,
    School,
    Session,
)
from registers.models.roll.enrolment import EnrolmentQuerySet
from registers.models.school.staff import User

SIGNED_IN = "signed in"
NOT_YOUR_ROLE = "Your role at this school does not include this page."

# Written out: an open register asks it every few seconds.
OWN_GROUPS = """
    SELECT mine.group_id FROM registers_appointment_groups mine
     WHERE mine.appointment_id IN ({holes})
    UNION
    SELECT cover.group_id FROM registers_cover cover
      JOIN registers_group grp ON grp.id = cover.group_id
     WHERE cover.user_id = %s AND grp.school_id = %s AND cover.date = %s"""

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Viewer:
    """Where a person stands on a page: what they are, everywhere and at the page's school."""

    person: User

    appointments: tuple[Appointment, ...]
    school: School | None
    action: str = ""  # what the page asks for; none where it asks for an account alone

    @property
    def schools(self) -> list[School]:
        """Every school of the person, by name, each once."""
        return list({held.school_id: held.school for held in self.appointments}.values())

    @property
    def here(self) -> list[Appointment]:
        """What the person is at the page's school."""
        school = self.school
        return [held for held in self.appointments if school and held.school_id == school.pk]

    def may(self, action: str, school: School | None = None) -> bool:
        """`policies.may` for a page: answered from what has been read, at no further cost."""
        school = school or self.school
        roles = policies.ROLES[action]
        return any(
            held.role in roles for held in self.appointments if school and held.school == school
        )

    @cached_property
    def own_groups(self) -> frozenset[int] | None:
        """The groups that this person is held to here; None for whoever is more than a teacher.

        A teacher's are those of the appointment and those given for cover today. Another role
        widens that on the pages that it opens itself, and nowhere else.
        """
        opens = policies.ROLES.get(self.action, policies.EVERYBODY) - {policies.Role.TEACHER}
        if any(appointment.role in opens for appointment in self.here):
            return None
        if not self.here:
            return frozenset()
        school_id = self.here[0].school_id
        appointments = [appointment.pk for appointment in self.here]
        sql = OWN_GROUPS.format(holes=", ".join(["%s"] * len(appointments)))
        with connection.cursor() as cursor:
            today = str(timezone.localdate())
            cursor.execute(sql, [*appointments, self.person.pk, school_id, today])
            return frozenset(group for (group,) in cursor.fetchall())

    def lacks_second_factor(self) -> bool:
        """Whether a role here asks for a second factor that the account does not have yet."""
        asked = any(held.role in policies.NEEDS_SECOND_FACTOR for held in self.here)
        return asked and not is_mfa_enabled(self.person)

    def may_see_group(self, group_id: int) -> bool:
        return self.own_groups is None or group_id in self.own_groups

    def enrolments(self) -> EnrolmentQuerySet:
        """Those of the page's school that this person may see: all, or a teacher's own groups."""
        found = Enrolment.objects.filter(school=self.school)
        if self.own_groups is None:
            return found
        today = timezone.localdate()
        mine = Membership.objects.not_over(today).filter(group__in=self.own_groups)
        return found.filter(pk__in=mine.values("enrolment"))


@dataclass(frozen=True)
class SchoolViewer(Viewer):
    """A viewer of a page that belongs to one school."""

    school: School


class SignedInRequest(HttpRequest):
    """What a view gets that `allowed(SIGNED_IN)` has opened: who asks."""

    user: User  # nobody else comes this far
    htmx: HtmxDetails  # what django-htmx says of a page that asks for a part of itself
    viewer: Viewer


class PageRequest(SignedInRequest):
    """What a view gets that `allowed` has opened for a role: who asks, and what they may do."""

    viewer: SchoolViewer


def appointments_of(person: User) -> tuple[Appointment, ...]:
    """The person's appointments with their schools, in one statement.

    Each school brings `last_met_on`, its last day with a session before today (None without one).
    """
    met = Session.objects.filter(
        school=OuterRef("school"), is_open=True, date__lt=timezone.localdate()
    ).order_by("-date")
    found = tuple(
        Appointment.objects.filter(user=person)
        .select_related("school")
        .annotate(last_met_on=Subquery(met.values("date")[:1]))
        .order_by("school__name", "school__urn", "pk")
    )
    for held in found:
        held.school.last_met_on = held.last_met_on
    return found


def viewer_of(person: User, urn: str | None, action: str) -> Viewer:
    """What the person is at the school of the address, or at their first school without one.

    Raises Http404 where they are nothing at the school, or there is no such school.
    """
    appointments = appointments_of(person)
    if urn is None:
        first = appointments[0].school if appointments else None
        return Viewer(person, appointments, first, action)
    schools = (one.school for one in appointments if one.school.urn == urn)
    school = next(schools, None)
    if school is None:
        raise Http404("You are not on the staff of a school with this number.")
    return SchoolViewer(person, appointments, school, action)


def without_nul(query: QueryDict) -> QueryDict:
    """What an address asks for, without the one character that no database takes."""
    if not any("\0" in text for texts in query.lists() for text in texts[1]):
        return query
    clean = QueryDict(mutable=True)
    for name, texts in query.lists():
        clean.setlist(name, [text.replace("\0", "") for text in texts])
    return clean


def allowed(action: str) -> Callable[[View], View]:
    """Open the view to those who may do `action` at the school of its address; see the module.

    The view finds its `Viewer` at `request.viewer`. No page is kept by a browser or a proxy.
    """
    if action != SIGNED_IN and action not in policies.ROLES:
        raise ValueError(f"policies.ROLES has no {action!r}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, urn: str | None = None, **kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("sign_in"))
            asked = cast(SignedInRequest, request)
            asked.GET = without_nul(asked.GET)  # type: ignore[assignment]  # as good as immutable
            asked.viewer = viewer = viewer_of(asked.user, urn, action)
            if action != SIGNED_IN and not (urn and viewer.may(action)):
                raise PermissionDenied(NOT_YOUR_ROLE)
            if action != SIGNED_IN and viewer.lacks_second_factor():
                return redirect("mfa_activate_totp")
            response = view(asked, *args, **kwargs)
            add_never_cache_headers(response)
            return response

        guarded.allowed_action = action  # type: ignore[attr-defined]  # for who_may_see
        return guarded

    return decorate
