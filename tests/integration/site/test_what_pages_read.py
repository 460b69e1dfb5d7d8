"""A page of a school costs what that school has: PostgreSQL's own plans, alone and among twenty."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registers.marks import guards
from registers.marks.actions.tallies import recompute_tallies
from registers.models import AcademicYear, Enrolment, Mark, Pupil, School, Session
from tests.factories.classes import ClassOfPupils, make_class
from tests.factories.everything import addresses, make_everything, member, path_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has plans of another kind"
    ),
]
PUPILS, DAYS = 90, 150
ALL_ROLES = ("administrator", "slt", "safeguarding_lead", "attendance_officer", "office", "teacher")
MARKS = """
    INSERT INTO registers_mark (enrolment_id, date, half, code, version, source, made_at)
    SELECT enrolment.id, held.date, held.half,
           CASE WHEN (enrolment.id + held.id) %% 13 = 0 THEN 'I' ELSE '/' END, 1, 1, now()
      FROM registers_enrolment enrolment
      JOIN registers_session held ON held.school_id = enrolment.school_id
     WHERE held.date <= %s ORDER BY held.date, held.half, enrolment.id
    ON CONFLICT DO NOTHING"""
# Not a page of a school, or not one that anybody waits for.
OTHERS = ("account_", "mfa_", "sign_", "accept_", "health")


@pytest.fixture(scope="module")
def room(module_db) -> ClassOfPupils:
    return make_class(PUPILS, days=DAYS)


@pytest.fixture(scope="module")
def words(room) -> dict:
    """What addresses can name of the school; `person` may do everything there."""
    words = make_everything(room)
    return words | {"person": member(words, *ALL_ROLES)}


@pytest.fixture(params=[1, 20], ids=["alone", "among twenty"])
def schools(request, room, words) -> Iterator[int]:
    """So many schools alike, with the marks of 150 days, on a morning near the year's end."""
    with transaction.atomic(), time_machine.travel(morning_of(room), tick=False):
        for number in range(1, request.param):
            another_school(number, room)
        fill(room)
        yield request.param
        transaction.set_rollback(True)


def morning_of(room: ClassOfPupils) -> datetime:
    """A Wednesday near the year's end."""
    day = room.sessions[-20].date
    return datetime.combine(
        day + timedelta(days=2 - day.weekday()), time(10), ZoneInfo("Europe/London")
    )


def another_school(number: int, like: ClassOfPupils) -> None:
    """Of as many pupils, with the same sessions."""
    school = School.objects.create(urn=f"{800000 + number}", name=f"School {number}")
    year = AcademicYear.objects.create(
        school=school, name=like.year.name, starts_on=like.year.starts_on, ends_on=like.year.ends_on
    )
    Session.objects.bulk_create(
        Session(school=school, academic_year=year, date=one.date, half=one.half)
        for one in like.sessions
    )
    pupils = Pupil.objects.bulk_create(
        Pupil(
            school=school, upn=f"X{number:03}{n:09}", surname=f"Adu-{n}", forename="Kwame",
            born_on="2012-03-04", sex="M",
        )
        for n in range(PUPILS)
    )  # fmt: skip
    Enrolment.objects.bulk_create(
        Enrolment(pupil=pupil, school=school, starts_on=like.year.starts_on) for pupil in pupils
    )


def fill(room: ClassOfPupils) -> None:
    """Marks up to today with their totals; statistics as a server has them."""
    today = morning_of(room).date()
    guards.lift(connection)
    with connection.cursor() as cursor:
        cursor.execute(MARKS, [today])
        enrolments = Enrolment.objects.values_list("pk", flat=True)
        recompute_tallies(
            list(enrolments), monday=room.year.starts_on, sunday=today + timedelta(days=6)
        )
        guards.install(connection)
        cursor.execute("ANALYZE")


def pages(words: dict) -> Iterator[tuple[str, str]]:
    for name, entry in addresses():
        needed = {*entry.pattern.converters, *entry.pattern.regex.groupindex}
        if "urn" in needed and needed <= set(words) and not name.startswith(OTHERS):
            yield name, path_of(name, entry, words)


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_no_page_of_a_school_reads_all_marks(words, schools):
    client = Client()
    client.force_login(words["person"])
    tables = ["registers_mark", *["registers_weektally"] * (schools > 1)]
    reads_all = {
        (name, table)
        for name, address in pages(words)
        for sql in reads(client, address)
        for table in tables
        if table in sql and f"Seq Scan on {table} " in plan_of(sql)
    }
    assert Mark.objects.count() > 20_000 * schools
    assert not reads_all


def reads(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as statements:
        client.get(address)
    asked = [statement["sql"].lstrip() for statement in statements]
    return [sql for sql in asked if sql.startswith(("SELECT", "WITH"))]


def test_no_statement_of_ours_is_compiled(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
