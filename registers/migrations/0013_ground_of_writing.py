from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0012_answers_of_imports'),
    ]

    operations = [
        migrations.AddField(
            model_name='relationship',
            name='ground',
            field=models.CharField(blank=True, help_text='Why somebody without parental responsibility is written to.', max_length=300),
        ),
        migrations.AlterField(
            model_name='relationship',
            name='has_responsibility',
            field=models.BooleanField(default=False, verbose_name='parental responsibility or care'),
        ),
        migrations.AlterField(
            model_name='relationship',
            name='lives_with',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='relationship',
            name='may_be_written_to',
            field=models.BooleanField(default=False),
        ),
    ]
