"""Who may open a page. Every view says it in one line, and a test reads that line.

    @allowed("see_letters")      the roles of policies.ROLES, at the school that the address names
    @allowed(SIGNED_IN)          everybody with an account: nothing on it belongs to one school

A stranger is sent to the sign-in page. Whoever is nothing at a school is told that there is no such
page, so that an address gives nothing away. Whoever is something there, yet not this, is told so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from registers import policies
from registers.models import Appointment, School, Session
from registers.models.staff import User

SIGNED_IN = "signed in"
NOT_YOUR_ROLE = "Your role at this school does not include this page."

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person stands on a page: what they are, everywhere and at the page's school."""

    appointments: tuple[Appointment, ...]
    school: School | None

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


def place_of(person: User, urn: str | None) -> Place:
    """The person's place at the school of the address, or at their first school without one.

    Raises Http404 where they are nothing at the school, or there is no such school.
    """
    held = appointments_of(person)
    if urn is None:
        return Place(held, held[0].school if held else None)
    school = next((one.school for one in held if one.school.urn == urn), None)
    if school is None:
        raise Http404("You are not on the staff of a school with this number.")
    return Place(held, school)


def allowed(action: str) -> Callable[[View], View]:
    """Open the view to those who may do `action` at the school of its address; see the module.

    The view finds its `Place` at `request.place`. No page is kept by a browser or a proxy.
    """
    if action != SIGNED_IN and action not in policies.ROLES:
        raise ValueError(f"policies.ROLES has no {action!r}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, urn: str | None = None, **kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("sign_in"))
            request.place = place = place_of(request.user, urn)
            if action != SIGNED_IN and not (urn and place.may(action)):
                raise PermissionDenied(NOT_YOUR_ROLE)
            response = view(request, *args, **kwargs)
            add_never_cache_headers(response)
            return response

        guarded.allowed_action = action
        return guarded

    return decorate
