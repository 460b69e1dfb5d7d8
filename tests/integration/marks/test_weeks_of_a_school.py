"""A weekly total knows its school and how many marks were made, in an older database too."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from registers.marks import guards
from registers.models import WeekTally
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of

BEFORE = [("registers", "0020_a_void_time_binds_no_day")]


def totals() -> list[tuple]:
    rows = WeekTally.objects.order_by("enrolment", "monday")
    return list(rows.values_list("enrolment", "monday", "school", "made", "attended"))


@pytest.mark.slow
def test_an_older_database_is_filled_from_its_marks(racing_db):
    room, other = make_class(2), make_class(1)
    marks_of(room, "/\\" * 7)
    marks_of(room, "#" * 10, pupil=1)
    marks_of(other, "/\\I")
    stray = room.enrolments[1].pk
    WeekTally.objects.create(
        enrolment_id=stray, school=room.school, monday=date(2026, 1, 5), made=0,
        attended=1, authorised=0, unauthorised=0, late=0,
    )  # fmt: skip
    late = room.enrolments[0]
    late.starts_on = date(2025, 9, 3)  # four marks lie before it
    late.save()
    WeekTally.objects.filter(enrolment=late, monday=date(2025, 9, 1)).update(made=6, attended=6)
    right = totals()
    leaf = MigrationExecutor(connection).loader.graph.leaf_nodes()
    guards.lift(connection)  # as the command does before it migrates
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        MigrationExecutor(connection).migrate(leaf)
        assert totals() == right
    finally:
        MigrationExecutor(connection).migrate(leaf)
        guards.install(connection)
