"""The absence export counted by hand: plain loops over a drawn school, apart from the project's
own codes, measures and SQL."""

import csv
import io
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from registers.rules.pupils.names import sort_key
from tests.factories import make_upn
from tests.factories.drawn_schools import DrawnPupil, DrawnSchool, DrawnSpell

ATTENDED = set("/ \\ L K V P W B J".split(" "))
AUTHORISED = set("C C1 C2 E F H I J1 M R S T".split(" "))
UNAUTHORISED = set("G N O U".split(" "))


def export_of(school: DrawnSchool, *, by_pupil: bool = False) -> str:
    """The CSV that the export must print for this school: a line for each enrolment, or one for
    each pupil with the sums of all, in the groups of the latest."""
    begun = [(name, slots) for name, slots in school.years if slots[0][0] <= school.as_at]
    name, slots = begun[-1]
    due = [slot for slot in slots if slot[0] <= school.as_at and slot not in school.closed]
    rows = []
    for pupil in school.pupils:
        here = [
            (spell, theirs)
            for spell in pupil.spells
            if (theirs := [slot for slot in due if spell.is_on_roll(slot[0])])
        ]
        for some in [here] if by_pupil and here else [[one] for one in here]:
            names = sort_key(pupil.surname, pupil.forename)
            key = (names, make_upn(pupil.number), some[-1][0].starts_on)
            rows.append((key, _row(school, name, pupil, some)))
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(
        [
            "UPN", "Surname", "Forename", "Year group", "Registration group", "Academic year",
            "As at", "Possible", "Attended", "Authorised", "Unauthorised", "Absent", "Late",
            "Unmarked", "Attendance rate", "Absence rate", "Persistently absent",
            "Severely absent", "Band",
        ]
    )  # fmt: skip
    lines.writerows(row for _, row in sorted(rows, key=lambda pair: pair[0]))
    return text.getvalue()


def _row(school: DrawnSchool, year: str, pupil: DrawnPupil, some) -> list:
    codes = [spell.marks.get(slot) for spell, due in some for slot in due]
    spell = some[-1][0]
    attended = sum(code in ATTENDED for code in codes)
    authorised = sum(code in AUTHORISED for code in codes)
    unauthorised = sum(code in UNAUTHORISED for code in codes)
    absent = authorised + unauthorised
    possible = attended + absent
    return [
        make_upn(pupil.number), pupil.surname, pupil.forename, _year_group(school, year, spell),
        _group(spell, min(school.as_at, spell.leaves_on or date.max)), year, str(school.as_at),
        possible, attended, authorised, unauthorised, absent,
        codes.count("L") + codes.count("U"), codes.count(None),
        _rate(attended, possible), _rate(absent, possible),
        "yes" if possible and absent / possible >= 0.1 else "no",
        "yes" if possible and absent / possible >= 0.5 else "no",
        _band(absent, possible),
    ]  # fmt: skip


def _rate(part: int, possible: int) -> str:
    if not possible:
        return ""
    exact = Decimal(100 * part) / Decimal(possible)
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _band(absent: int, possible: int) -> str:
    if not possible:
        return ""
    if 2 * absent >= possible:
        return "50 and under"
    if 100 * absent > 15 * possible:
        return "<85-50"
    if 10 * absent >= possible:
        return "90-85"
    if 100 * absent > 8 * possible:
        return "<92-90"
    if 100 * absent > 5 * possible:
        return "<95-92"
    return "100-95"


def _year_group(school: DrawnSchool, year: str, spell: DrawnSpell) -> str:
    names = [name for name, _ in school.years]
    here = names.index(year)
    for name in [year, *names[here + 1 :], *reversed(names[:here])]:
        if name in spell.year_groups:
            return spell.year_groups[name]
    return ""


def _group(spell: DrawnSpell, on: date) -> str:
    before = [name for name, from_on, _ in spell.groups if from_on <= on]
    return before[-1] if before else ""
