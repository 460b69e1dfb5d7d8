"""A school's year is planned: looked at first, then written exactly as it was shown."""

from datetime import date

import pytest
from django.urls import reverse

from registers import policies
from registers.models import AcademicYear, ClosedDay, Mark, School, SchoolWeek, Session, Term
from registers.rules.calendar import HalfTerm
from registers.setup.calendar.actions import planning
from registers.setup.calendar.year_plan import INSET, ClosedStretch, YearPlan
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.html_page import read_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(client) -> School:
    boss = factories.AppointmentFactory(role="administrator")
    client.force_login(boss.user)
    return boss.school


def rows(prefix: str, rows: list[dict]) -> dict:
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{name}": text for name, text in row.items()}
    return sent


def typed(terms=None, closed=(), name="2026/27", **more) -> dict:
    """Two half terms of two weeks: 20 weekdays, 40 sessions."""
    terms = terms or [
        {"name": "Autumn 1", "first": "2026-09-07", "last": "2026-09-18"},
        {"name": "Autumn 2", "first": "2026-11-02", "last": "2026-11-13"},
    ]
    closed = [{"kind": "inset"} | row for row in closed] or [{"kind": "inset"}]
    return {"year-name": name} | rows("terms", terms) | rows("closed", closed) | more


INSET_DAY = {"kind": "inset", "first": "2026-09-07", "name": "Reading"}


def new(school) -> str:
    return reverse("registers:calendar_new", kwargs={"urn": school.urn})


def of(year) -> str:
    kwargs = {"urn": year.school.urn, "year_id": year.pk}
    return reverse("registers:calendar_year", kwargs=kwargs)


def check(client, url, sent):
    return client.post(url, sent | {"check": "yes"})


def save(client, url, sent):
    seen = check(client, url, sent).context["found"].digest
    return client.post(url, sent | {"save": "yes", "seen": seen})


def test_a_year_is_shown_before_it_is_written(client, school):
    response = check(client, new(school), typed(closed=[INSET_DAY]))
    assert len(response.context["found"].added) == 38
    assert "38 sessions planned, 342 fewer" in response.text
    assert not AcademicYear.objects.exists()


def test_what_was_shown_is_what_is_written(client, school):
    found = check(client, new(school), typed(closed=[INSET_DAY])).context["found"]
    assert save(client, new(school), typed(closed=[INSET_DAY])).status_code == 302
    year = AcademicYear.objects.get()
    assert (year.name, year.starts_on, year.ends_on) == (
        "2026/27",
        date(2026, 9, 8),
        date(2026, 11, 13),
    )
    assert planning.sessions_of(year) == set(found.added)
    assert list(Term.objects.values_list("name", flat=True)) == ["Autumn 1", "Autumn 2"]
    closed = ClosedDay.objects.get()
    assert (closed.date, closed.kind, closed.name) == (date(2026, 9, 7), "inset", "Reading")
    assert list(SchoolWeek.objects.order_by("number").values_list("number", flat=True)) == [
        1,
        2,
        3,
        4,
    ]


def test_what_is_saved_comes_back_as_it_was_typed(client, school):
    save(client, new(school), typed(closed=[INSET_DAY]))
    year = AcademicYear.objects.get()
    response = client.get(of(year))
    shown = [field.get("value") for field in read_page(response).all_of("input")]
    assert {"Reading", "2026-09-18"} <= set(shown)
    again = check(client, of(year), typed(closed=[INSET_DAY]))
    assert again.context["found"].is_nothing


def test_a_bank_holiday_is_ticked_and_can_be_unticked(client, school):
    terms = [{"name": "Summer 1", "first": "2027-04-26", "last": "2027-05-07"}]
    sent = typed(terms)
    assert len(check(client, new(school), sent).context["found"].added) == 18
    page = client.get(new(school)).context["editor"]
    assert all(ticked for _, _, ticked in page.bank)
    sent |= {"bank_for": "2026/27", "bank": []}
    assert len(check(client, new(school), sent).context["found"].added) == 20
    save(client, new(school), typed(terms))
    assert ClosedDay.objects.get().kind == "bank_holiday"


def test_half_a_day_is_closed(client, school):
    half = {"kind": "other", "first": "2026-09-18", "half": "1", "name": "Polling station"}
    save(client, new(school), typed(closed=[half]))
    assert Session.objects.filter(date=date(2026, 9, 18)).get().half == 0
    assert (
        check(client, of(AcademicYear.objects.get()), typed(closed=[half]))
        .context["found"]
        .is_nothing
    )


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (typed(name="2026"), "Write the academic year with both years"),
        (typed(terms=[{"name": "", "first": "2026-09-07", "last": "2026-09-18"}]), "Name this"),
        (typed(terms=[{"name": "A", "first": "", "last": "2026-09-18"}]), "Say when this half"),
        (typed(terms=[{"name": "A", "first": "soon", "last": "2026-09-18"}]), "as a date"),
        (
            typed(terms=[{"name": "A", "first": "2026-09-18", "last": "2026-09-07"}]),
            "The last day is before the first",
        ),
        (
            typed(terms=[{"name": "A", "first": "2025-09-07", "last": "2025-09-18"}]),
            "2026/27 can hold days from 1 August 2026 to 31 August 2027",
        ),
        (
            typed(
                terms=[
                    {"name": "A", "first": "2026-09-07", "last": "2026-09-18"},
                    {"name": "B", "first": "2026-09-18", "last": "2026-09-25"},
                ]
            ),
            "A lasts until 18 September: begin after it",
        ),
        (
            typed(
                terms=[
                    {"name": "A", "first": "2026-09-07", "last": "2026-09-18"},
                    {"name": "a", "first": "2026-09-21", "last": "2026-09-25"},
                ]
            ),
            "Another half term has this name already",
        ),
        (typed(terms=[{"name": ""}]), "Add at least one half term"),
        (typed(closed=[INSET_DAY | {"first": "2026-10-07"}]), "This day is in no half term"),
        (
            typed(
                terms=[{"name": "A", "first": "2026-09-07", "last": "2026-09-07"}],
                closed=[INSET_DAY],
            ),
            "No session is left",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, school, sent, said):
    response = check(client, new(school), sent)
    assert any(said in words for _, words in response.context["errors"]), response.context["errors"]
    assert said in response.text
    assert read_page(response).field("year-name").value == sent["year-name"]
    assert not AcademicYear.objects.exists()


def test_another_row_is_added_without_javascript_and_nothing_is_called_wrong(client, school):
    sent = typed(terms=[{"name": "Autumn 1", "first": "", "last": ""}])
    response = client.post(new(school), sent | {"more": "terms"})
    assert len(response.context["editor"].terms.forms) == 2
    assert read_page(response).field("terms-0-name").value == "Autumn 1"
    assert "error-summary" not in response.text


def test_a_removed_row_is_no_row(client, school):
    sent = typed(closed=[INSET_DAY | {"DELETE": "on"}])
    assert len(check(client, new(school), sent).context["found"].added) == 40


def test_rows_beyond_reason_are_refused_and_not_built(client, school):
    sent = typed() | {"terms-TOTAL_FORMS": "100000"}
    assert check(client, new(school), sent).status_code == 200


# --- a year in use


@pytest.fixture
def room(client):
    """Two weeks from 1 September 2025 with one pupil's marks in the first."""
    room = make_class(1)
    marks_of(room, "V" * 10)
    boss = factories.AppointmentFactory(school=room.school, role="administrator")
    client.force_login(boss.user)
    return room


def weeks(first="2025-09-01", last="2025-09-12", **more) -> dict:
    terms = [{"name": "Autumn 1", "first": first, "last": last}]
    return typed(terms, name="2025/26", **more)


def test_sessions_with_marks_cannot_be_taken_out(client, room):
    sent = weeks(first="2025-09-03")
    response = check(client, of(room.year), sent)
    shown = read_page(response)
    assert "Monday 1 September 2025, morning only: 1 mark" in shown.text
    assert not shown.has_field("save")
    seen = response.context["found"].digest
    response = client.post(of(room.year), sent | {"save": "yes", "seen": seen})
    assert response.status_code == 200
    assert Session.objects.count() == 20
    assert Mark.objects.count() == 10


def test_the_action_itself_refuses_them_too(room):
    boss = factories.AppointmentFactory(school=room.school, role="administrator").user
    shorter = YearPlan("2025/26", (HalfTerm("A", date(2025, 9, 3), date(2025, 9, 12)),))
    seen = planning.preview(room.school, room.year, shorter).digest
    with pytest.raises(policies.Refused, match="Monday 1 September 2025"):
        planning.plan_year(school=room.school, year=room.year, plan=shorter, seen=seen, by=boss)
    with pytest.raises(policies.Refused, match="role"):
        planning.plan_year(
            school=room.school, year=room.year, plan=shorter, seen=seen, by=room.officer
        )


def test_sessions_without_marks_go_and_weeks_are_numbered_anew(client, room):
    sent = weeks(closed=[INSET_DAY | {"first": "2025-09-08", "last": "2025-09-12"}])
    assert save(client, of(room.year), sent).status_code == 302
    assert Session.objects.count() == 10
    assert SchoolWeek.objects.get().number == 1
    room.year.refresh_from_db()
    assert room.year.ends_on == date(2025, 9, 5)


def test_sessions_with_an_opened_register_stay(client, room):
    factories.RegisterFactory(group=room.group, session=room.sessions[-1])
    sent = weeks(last="2025-09-11")
    response = check(client, of(room.year), sent)
    assert "a class register" in response.text


def test_added_sessions_of_the_past_are_told(client, room):
    response = check(client, of(room.year), weeks(last="2025-09-19"))
    assert "10 added sessions lie in the past" in " ".join(response.text.split())


def test_a_calendar_that_changed_meanwhile_is_shown_again(client, room):
    sent = weeks(last="2025-09-19")
    seen = check(client, of(room.year), sent).context["found"].digest
    factories.SessionFactory(academic_year=room.year, date=date(2025, 9, 15))
    response = client.post(of(room.year), sent | {"save": "yes", "seen": seen})
    assert "not what was shown before" in response.text
    assert Session.objects.count() == 21


def test_an_imported_year_shows_its_gaps_and_takes_an_explanation(client, room):
    Session.objects.filter(date=date(2025, 9, 10)).delete()
    assert "1 weekday of term has no session" in " ".join(client.get(of(room.year)).text.split())
    response = client.get(of(room.year) + "?inset")
    assert "Nothing is saved yet" in response.text
    assert response.context["editor"].closed.initial[0]["kind"] == INSET
    sent = weeks(
        closed=[{"first": "2025-09-10", "name": "No session in the files that were read in"}]
    )
    assert save(client, of(room.year), sent).status_code == 302
    assert ClosedDay.objects.get().name == ""


def test_two_years_cannot_share_days_or_a_name(client, room):
    response = check(client, new(room.school), weeks())
    assert "2025/26 is in the calendar already" in response.text
    other = factories.AcademicYearFactory(
        school=room.school, name="2026/27", starts_on=date(2026, 9, 7), ends_on=date(2026, 9, 8)
    )
    sent = weeks(first="2026-08-31", last="2026-08-31")
    assert check(client, of(other), sent).status_code == 200
    clash = typed([{"name": "A", "first": "2026-09-01", "last": "2026-09-08"}], name="2027/28")
    assert "can hold days" in check(client, new(room.school), clash).text
    plan = YearPlan("2024/25", (HalfTerm("A", date(2025, 8, 25), date(2025, 9, 2)),))
    with pytest.raises(policies.Refused, match="two academic years cannot share days"):
        planning.preview(room.school, None, plan)


def test_a_new_year_begins_with_the_last_one_a_year_on(client, room):
    shown = read_page(client.get(new(room.school)))
    assert "These are the days of 2025/26, 52 weeks on" in shown.text
    assert shown.field("terms-0-first").value == "2026-08-31"


def test_a_year_that_is_saved_as_it_was_says_so(client, room):
    planned = weeks()
    save(client, of(room.year), planned)
    seen = check(client, of(room.year), planned).context["found"].digest
    sent = planned | {"save": "yes", "seen": seen}
    assert "nothing was changed" in client.post(of(room.year), sent, follow=True).text


@pytest.mark.parametrize("days", [10, 150])
def test_a_year_takes_as_many_statements_whatever_its_length(
    client, days, django_assert_max_num_queries
):
    room = make_class(1, days=days)
    boss = factories.AppointmentFactory(school=room.school, role="administrator")
    client.force_login(boss.user)
    with django_assert_max_num_queries(10):
        client.get(of(room.year))


def test_a_closed_stretch_covers_each_of_its_weekdays():
    stretch = ClosedStretch(date(2026, 9, 11), date(2026, 9, 14), INSET)
    plan = YearPlan("2026/27", (HalfTerm("A", date(2026, 9, 7), date(2026, 9, 18)),), (stretch,))
    assert list(plan.closed_days()) == [date(2026, 9, 11), date(2026, 9, 14)]


def test_a_year_that_nothing_rests_on_is_removed_after_a_question(client, school):
    save(client, new(school), typed(closed=[INSET_DAY]))
    url = of(AcademicYear.objects.get())
    assert "38 sessions" in client.post(url, {"remove": "ask"}).text
    assert AcademicYear.objects.exists()
    client.post(url, {"remove": "certainly"})
    assert not AcademicYear.objects.exists()
    assert not SchoolWeek.objects.exists()


def test_a_year_in_use_is_not_removed(client, room):
    response = client.post(of(room.year), {"remove": "certainly"}, follow=True)
    assert "has marks or class registers" in response.text
    empty = factories.AcademicYearFactory(
        school=room.school, name="2030/31", starts_on=date(2030, 9, 2), ends_on=date(2030, 9, 2)
    )
    factories.EnrolmentYearFactory(enrolment=room.enrolments[0], academic_year=empty)
    response = client.post(of(empty), {"remove": "certainly"}, follow=True)
    assert "pupils have a year group in it" in response.text
    assert AcademicYear.objects.count() == 2
