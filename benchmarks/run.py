"""`./rollbook bench [--trust]`: the measurements behind the goals for speed.

Answers are compared with an oracle first. Exit code 0 even when a goal is missed, which the table
says; 1 when an answer is wrong; 2 when there is no PostgreSQL to measure on.
"""

import argparse
import os
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attendance_site.settings")

from benchmarks.database import NoServerError, own_database
from benchmarks.timing import Row, WrongAnswerError, table

SCHOOL, PUPILS, TRUST = 1_500, 15_000, 50_000
STARTED = perf_counter()


def say(words: str) -> None:
    print(f"[{perf_counter() - STARTED:4.0f} s] {words}", file=sys.stderr, flush=True)


def measure_school() -> list[Row]:
    """One school by itself: what its own people wait for, and what they write."""
    import django

    django.setup()
    from benchmarks import loading, school
    from benchmarks.registers import by_http, races, saves, usual
    from benchmarks.trust import Trust

    say(f"{SCHOOL:,} pupils, two years: loading")
    trust = Trust(SCHOOL)
    loading.load(trust)
    loading.spot_check(trust)
    usual.make_tables()
    say("totals and lists of the school")
    rows = [school.totals(trust, at_least=150, where="PostgreSQL"), school.at_risk()]
    say("saves")
    hands = saves.open_rooms()
    rows += saves.rows(hands)
    say("requests")
    rows += by_http.rows(hands)
    say("races")
    return rows + races.rows()


def measure_trust(pupils: int) -> list[Row]:
    import django

    django.setup()
    from benchmarks import loading, size, whole_trust
    from benchmarks.trust import Trust

    say(f"{pupils:,} pupils, two years: loading")
    trust = Trust(pupils)
    loading.load(trust)
    loading.spot_check(trust)
    rows = size.rows()
    say("the night's check")
    rows += whole_trust.nightly_check()
    say("the year's totals")
    rows += whole_trust.year_totals(trust)
    say("the weekly trend")
    rows += [whole_trust.weekly_trend(trust)]
    say("import")
    return [*rows, whole_trust.copied_marks(trust)]


def measure(pupils: int) -> None:
    from benchmarks import embedded

    with own_database():
        rows = measure_school()
    say("SQLite: loading, totals of the school")
    rows += embedded.rows()
    print(f"\nA school of {SCHOOL:,}\n\n{table(rows)}\n", flush=True)
    with own_database():
        of_trust = measure_trust(pupils)
    print(f"\nA trust of {pupils:,}\n\n{table(of_trust)}\n")
    judged = [row for row in rows + of_trust if row.goal]
    missed = [row.what for row in judged if not row.met]
    print(
        f"{len(missed)} of {len(judged)} goals missed" + "".join(f"\n- {what}" for what in missed)
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="rollbook bench", description=__doc__)
    parser.add_argument("--trust", action="store_true", help=f"a trust of {TRUST:,} pupils")
    wanted = parser.parse_args()
    try:
        measure(TRUST if wanted.trust else PUPILS)
    except NoServerError as problem:
        print(problem, file=sys.stderr)
        return 2
    except WrongAnswerError as wrong:
        print(f"A wrong answer, so no figures: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
