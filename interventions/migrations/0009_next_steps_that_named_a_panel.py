"""Until now a next step was a panel where its words named one: those are marked once."""

from django.db import migrations


def mark_those_that_name_a_panel(apps, schema_editor):
    interventions = apps.get_model("interventions", "Intervention")
    interventions.objects.filter(next_step__icontains="panel").update(next_step_is_panel=True)


class Migration(migrations.Migration):
    dependencies = [("interventions", "0008_next_step_is_panel")]

    operations = [
        migrations.RunPython(mark_those_that_name_a_panel, migrations.RunPython.noop),
    ]
