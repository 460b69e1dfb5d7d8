"""A pupil with two times on the roll in one year is one pupil of the school for the year."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from absence.figures import school as figures
from absence.models import Standing
from interventions.certificates.queries import certificate as read_certificate
from interventions.letters.actions import letters
from interventions.models import Letter, LetterCopy
from interventions.packs import queries as packs
from registers.models import Enrolment, Membership
from registers.rules.tally import Tally
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.factories.figures import bring_standings_up_to_date

pytestmark = pytest.mark.django_db
LEFT, BACK, LAST = date(2025, 9, 3), date(2025, 9, 9), date(2025, 9, 12)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_, **__: LAST + timedelta(days=3))


@pytest.fixture
def room(db):
    """Two pupils; the first was here for three days, then away, and is back for four."""
    room = make_class(2)
    first = room.enrolments[0]
    Enrolment.objects.filter(pk=first.pk).update(leaves_on=LEFT)
    Membership.objects.filter(enrolment=first).update(until_on=LEFT)
    again = factories.EnrolmentFactory(pupil=first.pupil, starts_on=BACK)
    factories.MembershipFactory(group=room.group, enrolment=again)
    factories.EnrolmentYearFactory(enrolment=again, academic_year=room.year)
    marks_of(room, "OOOO/\\")
    room.enrolments.append(again)
    marks_of(room, "." * 12 + "/\\" * 3 + "IN", pupil=2)
    marks_of(room, "/\\" * 10, pupil=1)
    return room


def test_the_rows_are_one_for_each_pupil_and_the_export_one_for_each_enrolment(room, capsys):
    by_pupil = figures.pupils_to(room.school, LAST)
    row = next(row for row in by_pupil if row.pupil_id == room.enrolments[0].pupil_id)
    assert len(by_pupil) == 2
    assert row.tally == Tally(8, 1, 5, 0, 0)
    assert (row.enrolment_id, row.enrolments) == (
        room.enrolments[2].pk,
        [room.enrolments[0].pk, room.enrolments[2].pk],
    )
    assert row.is_on_roll(LEFT)
    assert row.is_on_roll(BACK)
    assert not row.is_on_roll(LEFT + timedelta(days=1))
    assert len(figures.absence_to(room.school, LAST)) == 3
    for by, lines in (("enrolment", 4), ("pupil", 3)):
        call_command("export_absence", school=room.school.urn, as_at=str(LAST), by=by)
        assert len(capsys.readouterr().out.splitlines()) == lines


def test_the_list_and_the_school_page_count_one_pupil(client, room):
    client.force_login(room.officer)
    page = client.get(reverse("absence:pupils", kwargs={"urn": room.school.urn}) + "?left=1")
    assert page.context["summary"].pupils == 2
    line = next(one for one in page.context["lines"] if one.row.tally.absent)
    assert (line.row.tally.absent, line.row.tally.possible) == (6, 14)
    school = client.get(reverse("absence:school", kwargs={"urn": room.school.urn}))
    assert (school.context["rows"], school.context["now"].pupils) == (2, 2)


def test_the_pupil_page_shows_both_spells_and_the_sums_of_the_year(client, room):
    client.force_login(room.officer)
    kwargs = {"urn": room.school.urn, "pupil_id": room.enrolments[0].pupil_id}
    page = client.get(reverse("interventions:pupil", kwargs=kwargs))
    assert page.context["figures"].tally == Tally(8, 1, 5, 0, 0)
    assert "On the roll from 1 Sep 2025 to 3 Sep 2025 and since 9 Sep 2025" in page.text
    assert len(page.context["page"].choices) == 1
    cells = {
        cell.date: cell
        for term in page.context["page"].terms
        for week in term.weeks
        for cell in week.cells
    }
    assert cells[LEFT + timedelta(days=1)].is_off
    assert f'/{room.enrolments[0].pk}/{LEFT.isoformat()}/pm/"' in page.text
    assert f'/{room.enrolments[2].pk}/{BACK.isoformat()}/pm/"' in page.text


def test_one_letter_for_a_pupil_and_a_period_with_the_sums_of_all_spells(room):
    room.school.letters_after_sessions = 6
    room.school.save()
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    early = letters.propose(school=room.school, as_at=LEFT, dated=LAST, send=False)
    assert [letter.enrolment_id for letter in early] == [room.enrolments[0].pk]
    later = letters.propose(school=room.school, as_at=LAST, dated=LAST, send=False)
    assert later == []  # of the same kind, though the enrolment is another
    LetterCopy.objects.all().delete()
    Letter.objects.all().delete()
    (letter,) = letters.propose(school=room.school, as_at=LAST, dated=LAST, send=False)
    assert letter.enrolment_id == room.enrolments[2].pk
    assert (letter.figures["missed"], letter.figures["possible"]) == (6, 14)


def test_a_standing_hangs_on_the_latest_enrolment_with_the_sums_of_the_year(room):
    bring_standings_up_to_date(room.school, as_at=LEFT, known_at=timezone.now())
    bring_standings_up_to_date(room.school, as_at=LAST, known_at=timezone.now())
    rows = Standing.objects.filter(enrolment__pupil=room.enrolments[0].pupil_id).order_by("on")
    assert [(one.enrolment_id, one.severely_absent) for one in rows] == [
        (room.enrolments[0].pk, True),
        (room.enrolments[2].pk, False),
    ]
    assert (rows[1].attended, rows[1].unauthorised, rows[1].moved_on) == (8, 5, date(2025, 9, 10))
    assert bring_standings_up_to_date(room.school, as_at=LAST, known_at=timezone.now()) == 0


def test_a_pack_has_the_marks_of_the_year_and_a_certificate_those_of_one_spell(room):
    again = room.enrolments[2]
    _, files = packs.papers(room.school, [again.pk], as_at=LAST)
    assert len(files[again.pk].marks) == 14
    assert files[again.pk].spells == ((date(2025, 9, 1), LEFT), (BACK, None))
    certificate = read_certificate(again, first=date(2025, 9, 1), last=LAST)
    assert len(certificate.pupil.marks) == 8
