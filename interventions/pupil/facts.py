"""What is true of the pupil from a day: characteristics, standings of the year, calls home."""

from datetime import date
from itertools import starmap
from operator import attrgetter

from django.db.models import Case, CharField, F, IntegerField, QuerySet, Value, When

from absence.models import Standing
from interventions.pupil.page import DatedFact, PupilPage
from registers.models import Characteristic, FollowUp

NO_WORDS = Value("", output_field=CharField())
ZERO = Value(0, output_field=IntegerField())
CHARACTERISTIC, STANDING, CALL = "characteristic", "standing", "call"


def read_facts(page: PupilPage, *, with_calls: bool) -> None:
    """In one statement, the latest first."""
    days = (page.year.starts_on, page.year.ends_on) if page.year else (date.min, date.max)
    calls = [_calls(page, days)] if with_calls else []
    rows = _characteristics(page).union(_standings(page, days), *calls, all=True)
    facts: dict[str, list[DatedFact]] = {CHARACTERISTIC: [], STANDING: [], CALL: []}
    for fact in sorted(starmap(DatedFact, rows), key=attrgetter("on"), reverse=True):
        facts[fact.what].append(fact)
    page.characteristics, page.standings = facts[CHARACTERISTIC], facts[STANDING]
    page.follow_ups = facts[CALL]


def _characteristics(page: PupilPage) -> QuerySet:
    return (
        Characteristic.objects.in_force(page.today)
        .filter(pupil=page.pupil)
        .order_by()
        .values_list(
            Value(CHARACTERISTIC), "from_on", "until_on", "kind", "value", NO_WORDS, ZERO, ZERO
        )
    )


def _standings(page: PupilPage, days: tuple[date, date]) -> QuerySet:
    line = Case(
        When(severely_absent=True, then=Value("severe")),
        When(persistently_absent=True, then=Value("persistent")),
        default=Value(""),
    )
    missed = F("authorised") + F("unauthorised")
    possible = F("attended") + F("authorised") + F("unauthorised")
    return (
        Standing.objects.filter(enrolment__in=page.spells, on__range=days)
        .order_by()
        .values_list(Value(STANDING), "on", "moved_on", "band", line, NO_WORDS, missed, possible)
    )


def _calls(page: PupilPage, days: tuple[date, date]) -> QuerySet:
    return (
        FollowUp.objects.filter(enrolment__in=page.spells, date__range=days)
        .order_by()
        .values_list(Value(CALL), "date", F("date"), "channel", "outcome", "note", ZERO, ZERO)
    )
