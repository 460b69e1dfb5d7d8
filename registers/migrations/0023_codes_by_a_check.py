"""A mark's code is held to the national list by a check of its own row. The foreign key looked each
mark up in the table of codes, a fifth of what an import's marks cost the database."""

import django.db.models.deletion
from django.db import migrations, models

CODES = [
    "#", "/", "B", "C", "C1", "C2", "D", "E", "F", "G", "H", "I", "J", "J1", "K", "L", "M", "N",
    "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6",
    "Y7", "Z", "\\",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("registers", "0022_index_of_absences")]

    operations = [  # the check first: no moment is without one of the two
        migrations.AddConstraint(
            model_name="mark",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__in", CODES)), name="mark_has_a_code_of_the_list"
            ),
        ),
        migrations.AlterField(
            model_name="mark",
            name="code",
            field=models.ForeignKey(
                db_column="code",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registers.code",
            ),
        ),
    ]
