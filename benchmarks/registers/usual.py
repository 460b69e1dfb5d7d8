"""What a register usually looks like in Django, and a table with nothing on it: the yardsticks.

They live in the benchmarks' own database alone, made by the schema editor when they are needed.
"""

from django.conf import settings
from django.db import connection, models


class UsualMark(models.Model):
    """A bigint id, foreign keys with their indexes, a time stamp, a comment."""

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey("registers.Enrolment", models.CASCADE, related_name="+")
    session = models.ForeignKey("registers.Session", models.CASCADE, related_name="+")
    code = models.ForeignKey("registers.Code", models.CASCADE, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now=True)
    comment = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "registers"
        db_table = "bench_usual_mark"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "session"], name="bench_one_usual_mark")
        ]


class BareMark(models.Model):
    """The fields of a mark; in the database no key, no index, no constraint, no guard."""

    pk = models.CompositePrimaryKey("enrolment_id", "date", "half")
    enrolment = models.ForeignKey("registers.Enrolment", models.CASCADE, related_name="+")
    date = models.DateField()
    half = models.SmallIntegerField()
    code = models.CharField(max_length=2)
    version = models.SmallIntegerField()
    minutes_late = models.SmallIntegerField(null=True)
    source = models.SmallIntegerField()
    made_by = models.IntegerField()
    made_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "registers"
        managed = False
        db_table = "bench_bare_mark"


def make_tables() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(UsualMark)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_bare_mark (enrolment_id int, date date, half smallint,"
            " code varchar(2), version smallint, minutes_late smallint, source smallint,"
            " made_by int, made_at timestamptz, arrived_at timestamptz)"
        )
