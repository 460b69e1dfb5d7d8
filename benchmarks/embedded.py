"""The rows on SQLite, in a process of its own whose DATABASE_URL is a file that is gone afterwards.

Nothing of Django is imported before the process knows its database.
"""

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

PUPILS = 1_500


def rows() -> list:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measure).result()


def _measure() -> list:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        import django

        django.setup()
        from benchmarks import loading, school
        from benchmarks.trust import Trust

        trust = Trust(PUPILS)
        loading.load(trust)
        return [school.totals(trust, at_least=70, where="SQLite")]
