"""`./rollbook bench --pages`: what people wait for, at a school alone and at the same among twenty.

Each page is asked for by turns with an empty page of the same bytes, in process through Django's
handler with all its middleware. The database is a trust's after two years, with statistics as a
server has them, on a school day at five past ten. Exit codes as for the other measurements.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attendance_site.settings")

from benchmarks.database import NoServerError, own_database
from benchmarks.timing import Row, WrongAnswerError, ms, seconds, table

PUPILS = 990  # of a school: 33 groups of thirty
SCHOOLS = (1, 20)
WARM, ROUNDS = 3, 25
HELD, UNCHANGED = 3.0, 1.2  # to an empty page; among twenty to alone
PAGES = {
    "list of pupils": "absence:pupils",
    "school's page": "absence:school",
    "Today": "registers:today",
    "morning": "registers:morning",
    "late desk": "registers:late_desk",
    "On site": "registers:on_site",
    "register page": "registers:register",
    "pupil's page": "interventions:pupil",
    "next steps": "interventions:next_steps",
    "admission register": "registers:roll",
}
WITH_GOAL = ("list of pupils", "school's page", "Today", "morning", "late desk")

EMPTY = "/schools/900001/empty/{}/"

Times = dict[str, tuple[list[float], list[float]]]  # of each page: its own, the empty page's


def measure(schools: int) -> Times:
    """Each page's times in a database of so many schools."""
    from benchmarks import loading
    from benchmarks.trust import Trust

    trust = Trust(PUPILS * schools, per_school=PUPILS)
    loading.load(trust)
    loading.spot_check(trust)
    with _on_a_school_day():
        return dict(_by_turns())


@contextmanager
def _on_a_school_day() -> Iterator[None]:
    import time_machine

    from benchmarks.trust import SESSIONS

    at = datetime.combine(SESSIONS[-1][0], time(10, 5), ZoneInfo("Europe/London"))
    with time_machine.travel(at, tick=False):
        yield


def _by_turns() -> Iterator[tuple[str, tuple[list[float], list[float]]]]:
    from django.test import Client

    from registers.models import User

    client = Client()
    client.force_login(User.objects.get())
    for page, address in _addresses().items():
        frame = len(_ask(client, EMPTY.format(0)))
        empty = EMPTY.format(max(0, len(_ask(client, address)) - frame))
        for _ in range(WARM):
            _ask(client, address)
            _ask(client, empty)
        theirs, bare = [], []
        for _ in range(ROUNDS):
            theirs.append(seconds(partial(_ask, client, address)))
            bare.append(seconds(partial(_ask, client, empty)))
        yield page, (theirs, bare)


def _addresses() -> dict[str, str]:
    from django.urls import reverse

    from benchmarks.trust import SESSIONS

    more = {
        "registers:register": {"group_id": 1, "date": SESSIONS[-1][0], "half": "am"},
        "interventions:pupil": {"pupil_id": 1},
    }
    return {
        page: reverse(name, kwargs={"urn": "900001", **more.get(name, {})})
        for page, name in PAGES.items()
    }


def _ask(client, address: str) -> bytes:
    answer = client.get(address)
    if answer.status_code != 200:
        raise WrongAnswerError(f"{address} answered {answer.status_code}")
    return answer.content


def ratios(times: Times, page: str) -> list[float]:
    return [mine / bare for mine, bare in zip(*times[page], strict=True)]


def rows(alone: Times, among: Times) -> Iterator[Row]:
    for page in PAGES:
        here, there = ratios(alone, page), ratios(among, page)
        low, _, high = quantiles(here)
        spread = f"half of the rounds {low:.1f} to {high:.1f}; "
        judged = page in WITH_GOAL
        yield Row(
            f"{page}, to an empty page of the same bytes",
            median(here),
            at_most=HELD if judged else None,
            shown=spread + ms(*map(median, alone[page])),
        )
        low, _, high = quantiles(there)
        yield Row(
            f"the same among {SCHOOLS[-1]} schools, to alone",
            median(there) / median(here),
            at_most=UNCHANGED if judged else None,
            shown=f"to an empty page {low:.1f} to {high:.1f}; " + ms(*map(median, among[page])),
        )


def main() -> int:
    import logging

    started, measured = perf_counter(), []
    try:
        for schools in SCHOOLS:
            with own_database():
                _set_up()
                logging.disable(logging.INFO)
                measured.append(measure(schools))
            print(f"[{perf_counter() - started:4.0f} s] {schools} schools", file=sys.stderr)
    except NoServerError as problem:
        print(problem, file=sys.stderr)
        return 2
    except WrongAnswerError as wrong:
        print(f"A wrong answer, so no figures: {wrong}", file=sys.stderr)
        return 1
    print(f"\nA school of {PUPILS}, two years\n\n{table(list(rows(*measured)))}\n")
    return 0


def _set_up() -> None:
    """Once, for the first database: the second has its name."""
    import django
    from django.conf import settings
    from django.db import connections

    django.setup()
    settings.ROOT_URLCONF, settings.ALLOWED_HOSTS = "benchmarks.pages.urls", ["testserver"]
    connections.close_all()


if __name__ == "__main__":
    sys.exit(main())
