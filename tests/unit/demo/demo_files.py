"""The demonstration school as its files tell it, and counted by plain Python."""

from collections import Counter, defaultdict
from datetime import date
from functools import cache

from registers.demo import make_school
from registers.demo.rows import FILES
from registers.rules.codes import CODES

UNTIL = date(2026, 11, 22)  # a Sunday
LAST_YEAR = range(date(2025, 9, 1).toordinal(), date(2026, 9, 1).toordinal())


def table(school, name):
    header, *rows = FILES[name](school)
    return [dict(zip(header, row, strict=True)) for row in rows]


class Told:
    """A school's files, read as rows."""

    def __init__(self, **arguments):
        school = make_school(**arguments)
        self.pupils, self.marks = table(school, "pupils.csv"), table(school, "marks.csv")
        self.contacts, self.staff = table(school, "contacts.csv"), table(school, "staff.csv")
        self.groups, self.calendar = table(school, "groups.csv"), table(school, "calendar.csv")
        self.characteristics = table(school, "characteristics.csv")
        self.sessions = [(row["Date"], row["Session"]) for row in self.calendar]

    def enrolment_of(self, upn, day):
        return next(
            row
            for row in self.pupils
            if row["UPN"] == upn
            and row["Date of entry"] <= day
            and day <= (row["Date of leaving"] or "9999")
        )


class Tallies:
    """Last academic year's marks, counted by pupil."""

    def __init__(self, told):
        self.codes = Counter()
        self.by_upn = defaultdict(Counter)
        for mark in told.marks:
            if date.fromisoformat(mark["Date"]).toordinal() in LAST_YEAR:
                code = CODES[mark["Code"]]
                self.codes[code.symbol] += 1
                self.by_upn[mark["UPN"]]["possible"] += code.possible
                self.by_upn[mark["UPN"]]["absent"] += code.authorised + code.unauthorised
        self.possible = sum(tally["possible"] for tally in self.by_upn.values())

    def share(self, *symbols):
        return 100 * sum(self.codes[symbol] for symbol in symbols) / self.possible

    def absence(self, upns=None):
        chosen = [tally for upn, tally in self.by_upn.items() if upns is None or upn in upns]
        return 100 * sum(t["absent"] for t in chosen) / sum(t["possible"] for t in chosen)

    def persistent(self, upns=None):
        chosen = [
            tally
            for upn, tally in self.by_upn.items()
            if tally["possible"] and (upns is None or upn in upns)
        ]
        return 100 * sum(10 * t["absent"] >= t["possible"] for t in chosen) / len(chosen)


@cache
def demo_school(seed=1):
    """At its default size; made once for all tests."""
    return Told(seed=seed, until=UNTIL)


@cache
def demo_tallies(seed=1):
    return Tallies(demo_school(seed))
