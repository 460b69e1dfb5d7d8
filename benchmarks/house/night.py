"""What one night of an invented school costs: its SQL statements by step and by kind, and seconds.

Run as a program in the folder of the tree that is measured, so that an older tree is measured by
the same lines; it calls nothing of the project but management commands, whose names stay. The
school is the demonstration's with a fixed seed and day. A first night takes in what
was crossed until then; the one a week later is measured, without the drawing of its PDFs.
"""

import io
import json
import os
import re
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

PUPILS = 120
FRIDAY, LATER = "2026-02-06", "2026-02-13"
STEPS = {
    "drawing of PDFs": re.compile(r"/drawing\.py$"),
    "check": re.compile(r"/check\.py$"),
    "standings": re.compile(r"/standings\b"),
    "letters": re.compile(r"/letters\b"),
}


def step_of(files: list[str]) -> str:
    """The night's step that a statement belongs to, by the files that were being run."""
    return next(
        (step for step, path in STEPS.items() if any(path.search(file) for file in files)),
        "the night itself",
    )


class Statements:
    """Counts statements by the night's step and by kind, as Django's execute wrapper."""

    def __init__(self, root: str) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.root = root

    def __call__(self, execute, sql, params, many, context):
        files = [
            frame.f_code.co_filename
            for frame, _ in traceback.walk_stack(sys._getframe(1))
            if frame.f_code.co_filename.startswith(self.root)
        ]
        self.counts[step_of(files), sql.split(None, 1)[0].upper()] += 1
        return execute(sql, params, many, context)


def measure() -> dict[str, object]:
    import django
    import time_machine

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from interventions.models import Night
    from registers.models import Appointment

    quiet = io.StringIO()
    call_command("migrate", verbosity=0)
    with time_machine.travel(f"{FRIDAY}T20:00Z"):
        call_command("demo_school", f"--pupils={PUPILS}", f"--until={FRIDAY}", stdout=quiet)
        call_command("nightly", as_at=FRIDAY, stdout=quiet)
    statements = Statements(os.getcwd())
    with time_machine.travel(f"{LATER}T20:00Z"), tempfile.TemporaryDirectory() as folder:
        school = [f"--pupils={PUPILS}", f"--until={LATER}", f"--folder={folder}", "--write-only"]
        call_command("demo_school", *school, stdout=quiet)
        administrator = Appointment.objects.filter(role=Appointment.Role.ADMINISTRATOR)
        username = administrator.values_list("user__username", flat=True)[0]
        call_command("import_school", folder, by=username, stdout=quiet)
        with connection.execute_wrapper(statements):
            call_command("nightly", as_at=LATER, stdout=quiet)
    night = Night.objects.latest("pk")
    return {
        "statements": [[*key, n] for key, n in sorted(statements.counts.items())],
        "seconds": (night.finished_at - night.started_at).total_seconds(),
        "moved": night.standings_moved,
        "letters": night.letters_proposed,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'night.sqlite3'}"
        os.environ["ROLLBOOK_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "attendance_site.settings"
        sys.path[0] = os.getcwd()
        print(json.dumps(measure()))
