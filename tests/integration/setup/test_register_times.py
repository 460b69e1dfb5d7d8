"""Register times from a day on: kept, taken back, never for a day that has begun."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from registers import policies
from registers.rules.clock import times_on
from registers.setup.school import actions as school_actions
from registers.setup.school.actions import NewTimes, keep_details, keep_times, withdraw_times
from tests import factories

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 10, 20, 8, 0, tzinfo=LONDON)
FRIDAYS = NewTimes(date(2026, 11, 1), (4,), time(8, 45), time(12, 50), 30)


@pytest.fixture
def boss():
    return factories.AppointmentFactory(role="administrator")


def keep(boss, times=FRIDAYS, now=NOW):
    keep_times(school=boss.school, times=times, by=boss.user, now=now)
    boss.school.refresh_from_db()


def test_a_new_row_leaves_the_days_before_as_they_were(boss):
    before = times_on(boss.school, date(2026, 10, 30))
    keep(boss)
    assert times_on(boss.school, date(2026, 10, 30)) == before
    assert times_on(boss.school, date(2026, 11, 6)).afternoon_at == time(12, 50)
    assert times_on(boss.school, date(2026, 11, 5)) == before


def test_a_decision_for_the_same_day_is_replaced_and_can_be_taken_back(boss):
    keep(boss)
    keep(boss, NewTimes(date(2026, 11, 1), (4,), time(8, 45), time(13, 0), 20))
    assert len(boss.school.later_times) == 1
    assert times_on(boss.school, date(2026, 11, 6)).afternoon_at == time(13, 0)
    withdraw_times(
        school=boss.school, from_on=date(2026, 11, 1), weekdays=[4], by=boss.user, now=NOW
    )
    boss.school.refresh_from_db()
    assert boss.school.later_times == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"from_on": date(2026, 10, 19)}, "Choose a later day"),
        ({"afternoon_at": time(8, 0)}, "after the morning one"),
        ({"minutes": 31}, "longer than 30 minutes"),
    ],
)
def test_what_cannot_be_kept(boss, changed, words):
    asked = {name: getattr(FRIDAYS, name) for name in NewTimes.__slots__}
    with pytest.raises(policies.Refused, match=words):
        keep(boss, NewTimes(**asked | changed))


@pytest.mark.parametrize(("clock", "may"), [((8, 44), True), ((8, 45), False)])
def test_today_keeps_its_times_once_its_first_register_could_be_opened(boss, clock, may):
    today = NewTimes(NOW.date(), (), time(9, 0), time(13, 15), 30)
    now = NOW.replace(hour=clock[0], minute=clock[1])
    if may:
        keep(boss, today, now)
    else:
        with pytest.raises(policies.Refused, match="Choose a later day"):
            keep(boss, today, now)


def test_the_first_times_of_a_school_that_has_begun_are_not_changed(boss):
    boss.school.set_up_at = NOW
    boss.school.save()
    with pytest.raises(policies.Refused, match="from a day on"):
        keep_details(school=boss.school, details={"morning_at": time(9, 0)}, by=boss.user)


def test_only_the_administrator_keeps_times(boss):
    office = factories.AppointmentFactory(school=boss.school, role="office").user
    with pytest.raises(policies.Refused):
        keep_times(school=boss.school, times=FRIDAYS, by=office, now=NOW)


def test_the_page_keeps_and_takes_back(client, boss):
    client.force_login(boss.user)
    page = f"/schools/{boss.school.urn}/set-up/times/"
    sent = {
        "from_on": "2099-11-02",
        "weekdays": ["4"],
        "morning_at": "08:45",
        "afternoon_at": "12:50",
        "register_minutes": "30",
    }
    assert client.post(page, sent).status_code == 302
    text = client.get(page).content.decode()
    assert all(words in text for words in ("2 November 2099", "Fridays", "12.50pm"))
    wrong = client.post(page, sent | {"from_on": "2020-11-02"})
    assert "Choose a later day" in wrong.content.decode()
    taken_back = {"from_on": "2099-11-02", "weekday": ["4"]}
    assert client.post(f"{page}withdraw/", taken_back).status_code == 302
    boss.school.refresh_from_db()
    assert boss.school.later_times == []


def test_a_school_keeps_a_hundred_changes_and_replaces_one_even_then(boss):
    boss.school.later_times = [
        NewTimes(date(2026, 11, 1) + timedelta(days=day), (), time(9), time(13), 30).row
        for day in range(school_actions.LATER_TIMES_AT_MOST)
    ]
    boss.school.save()
    another = NewTimes(date(2027, 6, 1), (), time(8, 45), time(13, 0), 30)
    with pytest.raises(policies.Refused, match="more changes of times"):
        keep(boss, another)
    keep(boss, NewTimes(date(2026, 11, 1), (), time(8, 45), time(13, 0), 30))
    assert len(boss.school.later_times) == school_actions.LATER_TIMES_AT_MOST
