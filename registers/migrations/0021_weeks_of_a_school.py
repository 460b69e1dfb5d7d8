"""Each weekly total knows its school and how many marks were made, so that the pages of one school
read that school's weeks alone."""

import django.db.models.deletion
from django.db import migrations, models

MONDAY = {
    "postgresql": "(mark.date - (EXTRACT(ISODOW FROM mark.date)::int - 1))",
    "sqlite": "date(mark.date, 'weekday 0', '-6 days')",
}
# The marks of days on which the pupil was on the roll. Each row is changed once: a row that is
# changed twice would leave the foreign key to be looked up at the end, and the table as it is.
FROM_MARKS = """
    UPDATE registers_weektally SET school_id = counted.school_id, made = counted.made
      FROM (SELECT mark.enrolment_id, enrolment.school_id, {monday} AS monday,
                   SUM(CASE WHEN mark.date >= enrolment.starts_on
                             AND (enrolment.leaves_on IS NULL OR mark.date <= enrolment.leaves_on)
                            THEN 1 ELSE 0 END) AS made
              FROM registers_mark mark
              JOIN registers_enrolment enrolment ON enrolment.id = mark.enrolment_id
             GROUP BY mark.enrolment_id, enrolment.school_id, {monday}) counted
     WHERE registers_weektally.enrolment_id = counted.enrolment_id
       AND registers_weektally.monday = counted.monday"""
WITHOUT_MARKS = """
    UPDATE registers_weektally SET made = 0, school_id = (
        SELECT school_id FROM registers_enrolment WHERE id = registers_weektally.enrolment_id)
     WHERE school_id IS NULL"""


def fill(apps, schema_editor):
    schema_editor.execute(FROM_MARKS.format(monday=MONDAY[schema_editor.connection.vendor]))
    schema_editor.execute(WITHOUT_MARKS)


class Migration(migrations.Migration):
    dependencies = [("registers", "0020_a_void_time_binds_no_day")]

    operations = [
        migrations.AddField(
            model_name="weektally",
            name="made",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="weektally",
            name="school",
            field=models.ForeignKey(
                null=True,
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registers.school",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="weektally",
            name="made",
            field=models.SmallIntegerField(),
        ),
        migrations.AlterField(
            model_name="weektally",
            name="school",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registers.school",
            ),
        ),
        migrations.AddIndex(
            model_name="weektally",
            index=models.Index(fields=["school", "monday"], name="weeks_of_a_school"),
        ),
    ]
