"""The few marks that count as absence, with their codes: why a school's sessions were missed is read
from these alone. It holds the unauthorised ones, which had an index of their own."""

from django.db import migrations, models

ABSENT = ["C", "C1", "C2", "E", "F", "G", "H", "I", "J1", "M", "N", "O", "R", "S", "T", "U"]


class Migration(migrations.Migration):
    dependencies = [("registers", "0021_weeks_of_a_school")]

    operations = [
        migrations.RemoveIndex(model_name="mark", name="mark_unauthorised"),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(
                condition=models.Q(("code__in", ABSENT)),
                fields=["enrolment", "date", "half", "code"],
                name="mark_absent",
            ),
        ),
    ]
