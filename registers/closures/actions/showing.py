"""Say on sessions and registers that they are closed, from the closures that are in force.

Derived anew, never added to: with two closures of one day, the one that is undone takes its words
away and the other's stand.
"""

from django.db.models import Q

from registers.closures import queries as closures_queries
from registers.models import Closure, Register, School, Session
from registers.rules.calendar import SessionKey


def show_closures(school: School, first: SessionKey, last: SessionKey) -> None:
    """Bring the words beside the sessions and registers between two sessions into line."""
    closures = (
        Closure.objects.in_force()
        .filter(school=school, from_on__lte=last[0], until_on__gte=first[0])
        .order_by("made_at", "pk")
    )
    of_whole_school = list(closures.filter(whole_school=True))
    of_some = list(closures.filter(whole_school=False).prefetch_related("pupils"))
    for session in closures_queries.sessions_between(school, first, last):
        _show_session(session, _holding(of_whole_school, session))
        _show_registers(school, session, _holding(of_some, session))


def _holding(closures: list[Closure], session: Session) -> list[Closure]:
    """Those of the closures that the session is in."""
    key = closures_queries.key_of(session)
    return [closure for closure in closures if closure.meets(key, key)]


def _show_session(session: Session, closures: list[Closure]) -> None:
    """A session that was closed beforehand stays as it is: see `closing`."""
    said = next((closure.closed_because for closure in closures), "")
    if session.is_open and session.closed_because != said:
        Session.objects.filter(pk=session.pk).update(closed_because=said)


def _show_registers(school: School, session: Session, closures: list[Closure]) -> None:
    """Of two closures of one group the first says why."""
    because = {
        group: closure.closed_because
        for closure in reversed(closures)
        for group in _groups_of(closure, school, session)
    }
    registers = Register.objects.filter(session=session)
    registers.filter(~Q(closed_because="")).exclude(group__in=because).update(closed_because="")
    for group, words in because.items():
        Register.objects.update_or_create(
            group_id=group, session=session, defaults={"closed_because": words}
        )


def _groups_of(closure: Closure, school: School, session: Session) -> set[int]:
    """The groups of whom no register is taken; none where the school was open."""
    if not closure.school_was_closed:
        return set()
    pupils = [enrolment.pk for enrolment in closure.pupils.all()]
    return closures_queries.groups_within(school, pupils, session.date)
