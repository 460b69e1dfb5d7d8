"""What only PostgreSQL has: the mark's code inside its key, an index of dates in a few pages,
and room on each page for weekly totals that change in place. Measured in decision 0002."""

from django.db import migrations

FORWARDS = """
    ALTER TABLE registers_mark DROP CONSTRAINT registers_mark_pkey,
      ADD CONSTRAINT registers_mark_pkey PRIMARY KEY (enrolment_id, date, half) INCLUDE (code);
    CREATE INDEX mark_date_brin ON registers_mark USING brin (date) WITH (pages_per_range = 32);
    ALTER TABLE registers_weektally SET (fillfactor = 70);
"""
BACKWARDS = """
    ALTER TABLE registers_weektally RESET (fillfactor);
    DROP INDEX mark_date_brin;
    ALTER TABLE registers_mark DROP CONSTRAINT registers_mark_pkey,
      ADD CONSTRAINT registers_mark_pkey PRIMARY KEY (enrolment_id, date, half);
"""


def on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]
    operations = [migrations.RunPython(on_postgresql(FORWARDS), on_postgresql(BACKWARDS))]
