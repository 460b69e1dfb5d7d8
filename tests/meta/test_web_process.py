"""What a web process loads when it starts: nothing that only a worker needs."""

import os
import subprocess
import sys

from django.conf import settings

START = """
import sys
from attendance_site.wsgi import application
from django.urls import get_resolver
get_resolver().url_patterns
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
OF_THE_WORKER = {"weasyprint", "pydyf", "tinycss2", "pyphen"}


def test_the_web_process_does_not_load_what_draws_pdfs(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "attendance_site.settings",
        "ROLLBOOK_VAR": str(tmp_path),
    }
    loaded = subprocess.run(
        [sys.executable, "-c", START],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "registers" in loaded
    assert not OF_THE_WORKER & set(loaded)
