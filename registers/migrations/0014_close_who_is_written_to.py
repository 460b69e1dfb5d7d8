"""Who has no parental responsibility was written to by default: that default is closed.

Those whom a named person confirmed stay, with a ground that says since when; the others get no more
letters until somebody confirms them. Going back leaves them as they are: nothing opens by itself.
"""

from django.db import migrations, models
from django.db.models import Q

BEFORE = "Confirmed before Rollbook asked for the ground"


def close(apps, schema_editor):
    relationships = apps.get_model("registers", "Relationship").objects.using(
        schema_editor.connection.alias
    )
    opened = relationships.filter(may_be_written_to=True, has_responsibility=False)
    opened.filter(Q(confirmed_by__isnull=True) | Q(confirmed_at__isnull=True)).update(
        may_be_written_to=False
    )
    opened.filter(ground="").update(ground=BEFORE)


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0013_ground_of_writing'),
    ]

    operations = [
        migrations.RunPython(close, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='relationship',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ('may_be_written_to', False),
                    ('has_responsibility', True),
                    models.Q(
                        ('confirmed_at__isnull', False),
                        ('confirmed_by__isnull', False),
                        models.Q(('ground', ''), _negated=True),
                    ),
                    _connector='OR',
                ),
                name='written_to_has_responsibility_or_a_confirmed_ground',
            ),
        ),
    ]
