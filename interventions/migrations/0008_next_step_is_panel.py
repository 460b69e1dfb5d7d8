"""A next step that is a panel says so itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interventions", "0007_crossed_before_rollbook")]

    operations = [
        migrations.AddField(
            model_name="intervention",
            name="next_step_is_panel",
            field=models.BooleanField(
                default=False,
                help_text="The pupil is among those to choose from when one is called.",
            ),
        ),
    ]
