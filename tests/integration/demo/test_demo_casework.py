"""The casework of the invented school: once, on school days, in words that agree with the marks."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from interventions.demo.actions.casework import make_casework
from interventions.models import Intervention
from registers.models import FollowUp, PlannedAbsence, SignOut
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 11, 10, 11, 0, tzinfo=UTC)  # a Monday, after fifty school days


@pytest.fixture
def room():
    found = make_class(12, days=80)
    for number in range(12):
        code = "IOUG"[number % 4]
        absent = 60 if number == 0 else 6 + 2 * number
        marks_of(found, [code] * absent + list("/\\") * 50, pupil=number)
        factories.RelationshipFactory(pupil=found.enrolments[number].pupil)
    with time_machine.travel(NOW, tick=False):
        yield found


def test_it_is_written_once_and_the_same_each_time(room, capsys):
    call_command("demo_casework", urn=room.school.urn)
    assert "Written: " in capsys.readouterr().out
    first = list(Intervention.objects.values_list("enrolment", "kind", "done_on", "outcome"))
    assert len(first) > 10
    call_command("demo_casework", urn=room.school.urn)
    assert "nothing was changed" in capsys.readouterr().out
    assert Intervention.objects.count() == len(first)


def test_everything_lies_on_school_days_and_nothing_in_the_future(room):
    told = make_casework(school=room.school, now=NOW)
    days = {session.date for session in room.sessions}
    today = timezone.localdate(NOW)
    for note in Intervention.objects.all():
        assert note.done_on in days
        assert note.done_on < today
        assert note.note
        assert "{" not in note.note + note.outcome + note.with_whom + note.next_step
        if note.next_step_on:
            assert note.next_step_on in days
    assert told.actions == Intervention.objects.count()
    assert told.plans == PlannedAbsence.objects.count() > 0
    assert told.calls == FollowUp.objects.count()
    assert told.signed_out == SignOut.objects.count() > 0
    assert Intervention.objects.filter(next_step_done_at__isnull=True).exists()
    for signed in SignOut.objects.all():
        assert signed.left_at <= NOW


def test_before_the_doors_open_nobody_has_signed_out(room):
    early = timezone.make_aware(datetime.combine(date(2025, 11, 10), time(7, 0)))
    with time_machine.travel(early, tick=False):
        assert make_casework(school=room.school, now=early).signed_out == 0


def test_without_the_school_or_without_staff_it_says_so(db):
    with pytest.raises(CommandError, match="There is no school"):
        call_command("demo_casework", urn="999999")
    year = factories.AcademicYearFactory()
    with pytest.raises(CommandError, match="may write in the log"):
        call_command("demo_casework", urn=year.school.urn)
