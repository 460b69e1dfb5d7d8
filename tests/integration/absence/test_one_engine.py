"""One engine of figures: the database and the plain functions say the same of any school, and every
page, letter, pack, panel, list and file says the same of a pupil.
"""

import csv
import io
import os
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from absence.figures import sums
from absence.figures.pupil_years import pupil_years, tallies_of_pupils
from absence.figures.school import read_school
from absence.figures.weeks import weeks_of, weeks_together
from absence.rules.pupil_year import PupilYear
from absence.standings.actions.standings import sessions_that_moved
from interventions.letters import due
from interventions.packs.code_table import sums as sums_of_pack
from interventions.packs.queries import papers
from interventions.panels.room import pupil_before_panel, running_order, year_at
from interventions.rules.letter_kinds import PERSISTENT_ABSENCE
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Enrolment, School
from registers.rules.codes import AUTHORISED, UNAUTHORISED
from registers.rules.tally import PERSISTENT, SEVERE, tally_of
from tests import factories
from tests.factories.classes import amend_mark, make_class
from tests.factories.drawn_schools import drawn_schools, marks_of, write_school
from tests.factories.figures import year_of

pytestmark = pytest.mark.django_db

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
any_school = settings(
    max_examples=500 if THOROUGH else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WEEK = timedelta(days=6)


def years_of(school: School, as_at: date) -> dict[int, PupilYear]:
    enrolments = list(Enrolment.objects.filter(school=school))
    return pupil_years(enrolments, year_of(school, on=as_at), as_at=as_at)


@any_school
@given(drawn=drawn_schools())
def test_database_and_plain_functions_agree_on_any_school(drawn):
    with transaction.atomic():
        school = write_school(drawn)
        years = years_of(school, drawn.as_at)
        known = read_school(school, drawn.as_at, lately=3)
        for row in known.rows:
            plain = years[row.pupil_id]
            assert row.tally == plain.tally
            assert row.to_come == plain.sessions_left
            assert row.to_spare in (None, plain.to_spare)
            if known.lately_from:
                since = [m.symbol for m in plain.counted if m.date >= known.lately_from]
                lately = [known.lately[pk] for pk in row.enrolments if pk in known.lately]
                assert sum(lately, start=tally_of([])) == tally_of(since)
        they_agree_on_sums(school, known.calendar.so_far, years)
        they_agree_on_weeks(years)
        they_agree_on_the_lines(years)
        transaction.set_rollback(True)


def they_agree_on_sums(school, so_far, years):
    """The codes of the school, and the tallies of some pupils."""
    made = [mark.symbol for plain in years.values() for mark in plain.counted]
    codes = Counter(symbol for symbol in made if symbol in (*AUTHORISED, *UNAUTHORISED))
    assert sums.sessions_missed(school.pk, {"so far": so_far})["so far"] == codes
    tallies = tallies_of_pupils(years, so_far.first, so_far.last)
    symbols = {pk: [mark.symbol for mark in plain.counted] for pk, plain in years.items()}
    assert tallies == {pk: tally_of(theirs) for pk, theirs in symbols.items() if theirs}


def they_agree_on_weeks(years):
    """Those that lie in the year with all their days: a weekly total knows no academic year."""
    for plain in years.values():
        year = plain.year
        whole = [
            week.monday
            for week in plain.weeks
            if year.starts_on <= week.monday and week.monday + WEEK <= year.ends_on
        ]
        enrolments = [spell.pk for spell in plain.on_roll]
        in_database = weeks_together(weeks_of(enrolments, whole), enrolments)
        assert in_database == {monday: plain.by_week[monday] for monday in whole}


def they_agree_on_the_lines(years):
    for share, name in ((PERSISTENT, "persistent_since"), (SEVERE, "severe_since")):
        over = {pk: plain for pk, plain in years.items() if plain.tally.missed_at_least(share)}
        for pk, plain in years.items():
            assert (getattr(plain, name) is not None) == (pk in over)
        if over:
            any_year = next(iter(over.values()))
            moved = sessions_that_moved(any_year.year, any_year.as_at, list(over), {(share, True)})
            said = {pk: getattr(plain, name) for pk, plain in over.items()}
            assert {pk: on for pk, (on, _) in moved.items()} == said


# --- one pupil, everywhere


def on_the_pupil_page(client, room):
    figures = client.get(pupil_url(room)).context["figures"]
    return figures.tally, figures.to_spare


def in_the_list(client, room):
    url = reverse("absence:pupils", kwargs={"urn": room.school.urn})
    lines = client.get(url, {"as_at": str(room.year.ends_on)}).context["lines"]
    row = next(line.row for line in lines if line.row.enrolment_id == room.enrolments[0].pk)
    return row.tally, row.to_spare


def in_the_export(room):
    out = io.StringIO()
    call_command("export_absence", school=room.school.urn, as_at=str(room.year.ends_on), stdout=out)
    upn = room.enrolments[0].pupil.upn
    (row,) = [row for row in csv.DictReader(io.StringIO(out.getvalue())) if row["UPN"] == upn]
    return int(row["Absent"]), int(row["Possible"])


def in_a_letter(room):
    enrolment = Enrolment.objects.get(pk=room.enrolments[0].pk)
    figures = due.figures_for(
        enrolment, PERSISTENT_ABSENCE, as_at=room.year.ends_on, today=room.year.ends_on
    )
    return figures["missed"], figures["possible"], figures["to_spare"]


def in_a_pack(room):
    pk = room.enrolments[0].pk
    year, files = papers(room.school, [pk], as_at=room.year.ends_on)
    return sums_of_pack(files[pk], year).tally, files[pk].figures_in(year).to_spare


def in_a_panel(room):
    case = factories.PanelCaseFactory(
        enrolment=room.enrolments[0], panel__school=room.school, panel__on=room.year.ends_on
    )
    year = year_at(room.school, room.year.ends_on)
    (line,) = running_order(case.panel, [case], year, room.year.ends_on)
    return line.tally, pupil_before_panel(line, year, room.year.ends_on).sentences[0]


def pupil_url(room) -> str:
    return reverse(
        "interventions:pupil",
        kwargs={"urn": room.school.urn, "pupil_id": room.enrolments[0].pupil_id},
    )


def test_one_changed_mark_is_the_same_on_page_letter_pack_panel_list_and_file(client):
    room = make_class(2, days=20)
    marks_of(room, "O" * 5 + "V" * 35)
    client.force_login(room.officer)
    for missed in (5, 6):
        if missed == 6:
            last = room.sessions[-1]
            key = MarkKey(room.enrolments[0].pk, last.date, last.half)
            amend_mark(change=MarkChange(key, "O", 1, reason="Was not here"), by=room.officer)
        tally, spare = on_the_pupil_page(client, room)
        assert (tally.absent, tally.possible) == (missed, 40)
        assert in_the_list(client, room) == (tally, spare)
        assert in_the_export(room) == (missed, 40)
        assert in_a_letter(room) == (missed, 40, spare)
        assert in_a_pack(room) == (tally, spare)
        of_panel, sentence = in_a_panel(room)
        assert of_panel == tally
        assert sentence.startswith(f"Missed {missed} of 40 possible sessions")
