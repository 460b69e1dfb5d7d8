"""Teachers, each of one group, who have signed in: their sessions are rows, as sign-in makes them.

Signing in by the page is left out: it would measure the hash of a password, which is slow by
intention, and not the register.
"""

from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import get_random_string

from registers.models import Appointment, Group, User

FOR = timedelta(days=3_000)  # measurements move the clock by months


def appoint_teachers(groups: Iterable[Group]) -> dict[int, User]:
    """A teacher for each group; by the group's id."""
    groups = list(groups)
    people = User.objects.bulk_create(
        User(username=f"teacher-{group.pk}", name=f"Ms Lindqvist-{group.pk}") for group in groups
    )
    held = Appointment.objects.bulk_create(
        Appointment(user=person, school_id=group.school_id, role="teacher", position="Teacher")
        for person, group in zip(people, groups, strict=True)
    )
    link = Appointment.groups.through
    link.objects.bulk_create(
        link(appointment_id=one.pk, group_id=group.pk)
        for one, group in zip(held, groups, strict=True)
    )
    return {group.pk: person for group, person in zip(groups, people, strict=True)}


def cookies_of(person: User) -> dict[str, str]:
    """The cookies of a browser in which this person has just signed in."""
    kept = import_module(settings.SESSION_ENGINE).SessionStore()
    kept[SESSION_KEY] = str(person.pk)
    kept[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    kept[HASH_SESSION_KEY] = person.get_session_auth_hash()
    kept.set_expiry(FOR)
    kept.create()
    kept.save()
    return {
        settings.SESSION_COOKIE_NAME: kept.session_key,
        settings.CSRF_COOKIE_NAME: get_random_string(32),
    }
