"""Say on sessions and registers that they are closed, from the closures that are in force.

Derived anew, never added to: with two closures of one day, the one that is undone takes its words
away and the other's stand.
"""

from django.db.models import Q

from registers.closures import queries as closures_queries
from registers.models import Closure, Register, School, Session
from registers.rules.calendar import SessionKey
from registers.rules.codes import Half


def key_of_first(closure: Closure) -> SessionKey:
    return closure.from_on, Half(closure.from_half)


def key_of_last(closure: Closure) -> SessionKey:
    return closure.until_on, Half(closure.until_half)


def show_closures(school: School, first: SessionKey, last: SessionKey) -> None:
    """Bring the words beside the sessions and registers between two sessions into line."""
    closures = list(
        Closure.objects.in_force()
        .filter(school=school, from_on__lte=last[0], until_on__gte=first[0])
        .prefetch_related("pupils")
        .order_by("made_at", "pk")
    )
    for session in closures_queries.sessions_between(school, first, last):
        key = closures_queries.key_of(session)
        here = [one for one in closures if key_of_first(one) <= key <= key_of_last(one)]
        _show_session(session, [one for one in here if one.whole_school])
        _show_registers(school, session, [one for one in here if not one.whole_school])


def _show_session(session: Session, closures: list[Closure]) -> None:
    """A session that was closed beforehand stays as it is: see `closing`."""
    said = closures[0].said if closures and closures[0].school_was_closed else ""
    if session.is_open and session.closed_because != said:
        Session.objects.filter(pk=session.pk).update(closed_because=said)


def _show_registers(school: School, session: Session, closures: list[Closure]) -> None:
    said: dict[int, str] = {}
    for closure in closures:
        if not closure.school_was_closed:
            continue
        pupils = [one.pk for one in closure.pupils.all()]
        for group in closures_queries.groups_within(school, pupils, session.date):
            said.setdefault(group, closure.said)
    registers = Register.objects.filter(session=session)
    registers.filter(~Q(closed_because="")).exclude(group__in=said).update(closed_because="")
    for group, words in said.items():
        Register.objects.update_or_create(
            group_id=group, session=session, defaults={"closed_because": words}
        )
