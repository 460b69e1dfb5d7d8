"""A group's week, and changing a mark in it by keyboard."""

from datetime import date

import pytest

from registers.models import Amendment
from registers.policies import Role
from tests import factories
from tests.factories.drawn_schools import marks_of
from tests.factories.office import TUESDAY, code_of, office_class, page, put, the_time
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
PAGE_BYTES = 66_000


@pytest.fixture
def room(client):
    room = office_class(3)
    client.force_login(room.officer)
    return room


def url(room, on=TUESDAY, group=None):
    return page(room, "grid", group_id=(group or room.group).pk, date=on)


def show(client, room, clock="10:00", **where):
    with the_time(clock):
        return client.get(url(room, **where))


def change(client, room, clock="10:00", on=TUESDAY, half="am", **said):
    where = {"enrolment_id": room.enrolments[0].pk, "date": on, "half": half}
    sent = {"code": "I", "reason": "Mother rang", "seen": 1} | said
    with the_time(clock):
        return client.post(page(room, "mark_cell", **where), sent)


def test_every_cell_leads_to_its_mark(client, room):
    put(room, 0, "N")
    response = show(client, room)
    leads_to = read_page(response).addresses
    for enrolment in room.enrolments:
        for half in ("am", "pm"):
            path = page(room, "mark", enrolment_id=enrolment.pk, date=TUESDAY, half=half)
            assert path in leads_to
    assert [len(row.cells) for row in response.context["rows"]] == [10] * 3


def test_totals_of_rows_and_columns(client, room):
    put(room, 0, "/")
    put(room, 1, "N")
    put(room, 2, "L", minutes=4)
    put(room, 0, "I", on=date(2025, 9, 8))
    response = show(client, room, "08:00", on=TUESDAY)
    rows = sorted(response.context["rows"], key=lambda row: row.enrolment.pk)
    assert [(row.totals.absent, row.totals.possible, row.totals.late) for row in rows] == [
        (1, 2, 0),
        (1, 1, 0),
        (0, 1, 1),
    ]
    tuesday = response.context["columns"][2]
    assert tuesday.totals.attended == 2
    assert response.context["totals"].possible == 4


def test_sessions_that_were_due_and_have_no_mark_are_counted(client, room):
    rows = show(client, room, "14:00").context["rows"]
    assert rows[0].totals.unmarked == 4  # Monday and Tuesday


def test_an_amended_mark_has_its_corner_and_a_plan_is_dashed(client, room):
    put(room, 0, "N")
    put(room, 0, "I", seen=1, reason="Mother rang")
    factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[1],
        code_id="C",
        from_on=date(2025, 9, 11),
        until_on=date(2025, 9, 11),
    )
    text = show(client, room).content.decode()
    assert "is-amended" in text
    assert text.count("is-planned") == 2


def test_who_joins_or_leaves_within_the_week_has_no_session_outside(client, room):
    leaver = room.enrolments[0]
    leaver.leaves_on = date(2025, 9, 9)
    leaver.save()
    rows = show(client, room).context["rows"]
    (row,) = [row for row in rows if row.enrolment == leaver]
    assert [cell.is_due for cell in row.cells] == [True] * 4 + [False] * 6


def test_a_week_in_the_holidays_and_an_empty_group(client, room):
    assert show(client, room, on=date(2026, 1, 1)).status_code == 200
    empty = factories.GroupFactory(school=room.school)
    assert read_page(show(client, room, group=empty)).is_empty


def test_a_mark_is_changed_without_leaving_the_week(client, room):
    key = put(room, 0, "N")
    cell = read_page(change(client, room).json()["cell"])
    (link,) = cell.all_of("a", data_seen="2", class_="is-amended")
    assert link.text == "I"
    assert code_of(key) == "I"
    assert Amendment.objects.get().reason == "Mother rang"


def test_what_is_wrong_is_said_in_place(client, room):
    key = put(room, 0, "N")
    assert change(client, room, reason="").json()["wrong"]["reason"]
    assert change(client, room, code="\\").json()["wrong"]["code"]
    assert "compulsory" in change(client, room, code="X").json()["wrong"]["code"]
    assert code_of(key) == "N"


def test_a_stale_change_brings_the_mark_as_it_stands(client, room):
    key = put(room, 0, "N")
    put(room, 0, "L", seen=1, minutes=3, reason="Came in")
    answer = change(client, room).json()
    assert room.teacher.name in answer["stale"]
    assert read_page(answer["cell"]).all_of("a", data_seen="2")
    assert code_of(key) == "L"


def test_a_comment_is_left_alone(client, room):
    from registers.models import MarkComment

    put(room, 0, "N")
    MarkComment.objects.create(enrolment=room.enrolments[0], date=TUESDAY, half=0, text="Kept")
    change(client, room)
    assert MarkComment.objects.get().text == "Kept"


def test_a_teacher_looks_at_the_own_group_and_changes_nothing(client, room):
    put(room, 0, "N")
    held = factories.AppointmentFactory(school=room.school, role=Role.TEACHER)
    client.force_login(held.user)
    assert show(client, room).status_code == 403
    held.groups.add(room.group)
    text = show(client, room).content.decode()
    assert "grid-editor" not in text
    assert "week-grid.js" not in text
    assert change(client, room).status_code == 403


def test_cover_of_today_opens_the_group(client, room):
    held = factories.AppointmentFactory(school=room.school, role=Role.TEACHER)
    factories.CoverFactory(group=room.group, user=held.user, date=TUESDAY)
    client.force_login(held.user)
    assert show(client, room).status_code == 200


def test_another_schools_group_is_not_there(client, room):
    assert show(client, room, group=office_class(1).group).status_code == 404


def test_a_week_of_thirty_is_sent_in_few_bytes(client):
    """Each half day a link with its name, and what the keyboard needs: before compression."""
    room = office_class(30)
    client.force_login(room.officer)
    for pupil in range(30):
        marks_of(room, "/\\/\\L\\II/O", pupil=pupil)
    answer = show(client, room, "16:00", on=date(2025, 9, 1))
    links = read_page(answer).all_of("a")
    assert len([link for link in links if link.get("aria-label")]) == 300
    assert len(answer.content) < PAGE_BYTES


@pytest.mark.parametrize("size", [10, 60])
def test_the_statements_do_not_grow(client, size, django_assert_max_num_queries):
    room = office_class(size)
    client.force_login(room.officer)
    for number in range(size):
        put(room, number, "N")
    with the_time("10:00"), django_assert_max_num_queries(9):
        client.get(url(room))
