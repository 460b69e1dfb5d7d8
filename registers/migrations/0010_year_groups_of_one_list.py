"""Year groups that were written in other words get their code; what is left is named.

What stays is shown on the school's set-up page until somebody puts it right.
"""

import re

from django.db import migrations

KNOWN = {"N1", "N2", "R", *(str(number) for number in range(1, 15))}
WORDS = {
    "nursery1": "N1", "nursery2": "N2", "n1": "N1", "n2": "N2", "r": "R", "rec": "R", "yr": "R",
    "reception": "R", "yearr": "R", "l6": "12", "lower6th": "12", "lowersixth": "12",
    "u6": "13", "upper6th": "13", "uppersixth": "13",
}  # fmt: skip
NUMBERED = re.compile(r"(?:year|yr|y)?0*(\d{1,2})")


def code_of(text):
    plain = "".join(text.casefold().replace(".", " ").split())
    found = NUMBERED.fullmatch(plain) if plain.isascii() else None
    code = str(int(found[1])) if found else WORDS.get(plain, "")
    return code if code in KNOWN else None


def forwards(apps, schema_editor):
    rows = apps.get_model("registers", "EnrolmentYear").objects.using(
        schema_editor.connection.alias
    )
    names = rows.order_by().values_list("year_group", flat=True).distinct()
    left = []
    for name in sorted(set(names) - KNOWN):
        if code := code_of(name):
            rows.filter(year_group=name).update(year_group=code)
        else:
            left.append(f"{name!r} of {rows.filter(year_group=name).count():,} pupils")
    if left:
        print(f"\n  Year groups to be put right on the set-up page: {', '.join(left)}")


class Migration(migrations.Migration):
    dependencies = [("registers", "0009_links_of_imported_accounts")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
