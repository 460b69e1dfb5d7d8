"""What is true of the pupil from a day: characteristics, standings of the year, calls home."""

from datetime import date

from django.db.models import Case, CharField, F, IntegerField, QuerySet, Value, When

from absence.models import Standing
from interventions.pupil.page import DatedFact, PupilPage
from registers.models import Characteristic, FollowUp

NO_WORDS = Value("", output_field=CharField())
ZERO = Value(0, output_field=IntegerField())
CHARACTERISTIC, STANDING, CALL = "characteristic", "standing", "call"


def read_facts(page: PupilPage, *, with_calls: bool) -> None:
    """In one statement, the latest first."""
    first = page.year.starts_on if page.year else date.min
    last = page.year.ends_on if page.year else date.max
    parts = [_standings(page, first, last)]
    if with_calls:
        parts.append(_calls(page, first, last))
    rows = [DatedFact(*row) for row in _characteristics(page).union(*parts, all=True)]
    rows.sort(key=lambda fact: fact.on, reverse=True)
    page.characteristics = [one for one in rows if one.what == CHARACTERISTIC]
    page.standings = [one for one in rows if one.what == STANDING]
    page.follow_ups = [one for one in rows if one.what == CALL]


def _characteristics(page: PupilPage) -> QuerySet:
    return (
        Characteristic.objects.in_force(page.today)
        .filter(pupil=page.pupil)
        .order_by()
        .values_list(
            Value(CHARACTERISTIC), "from_on", "until_on", "kind", "value", NO_WORDS, ZERO, ZERO
        )
    )


def _standings(page: PupilPage, first: date, last: date) -> QuerySet:
    line = Case(
        When(severely_absent=True, then=Value("severe")),
        When(persistently_absent=True, then=Value("persistent")),
        default=Value(""),
    )
    missed = F("authorised") + F("unauthorised")
    possible = F("attended") + F("authorised") + F("unauthorised")
    return (
        Standing.objects.filter(enrolment__in=page.spells, on__range=(first, last))
        .order_by()
        .values_list(Value(STANDING), "on", "moved_on", "band", line, NO_WORDS, missed, possible)
    )


def _calls(page: PupilPage, first: date, last: date) -> QuerySet:
    return (
        FollowUp.objects.filter(enrolment__in=page.spells, date__range=(first, last))
        .order_by()
        .values_list(Value(CALL), "date", F("date"), "channel", "outcome", "note", ZERO, ZERO)
    )
