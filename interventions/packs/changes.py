"""The amendments of a pupil's marks as rows on paper. Plain values, no Django here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from interventions.packs.dates import moment, short_date
from interventions.packs.files import Changed
from registers.rules.codes import Half

PRESENT = {"\\": "/"}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One row of the list of amendments: a day's morning, afternoon, or both alike."""

    when: str
    before: str
    after: str
    reason: str
    at: str
    by: str


def change_rows(amendments: Iterable[Changed]) -> list[ChangeRow]:
    """Every amendment, in the order of the sessions; both halves of a day in one row where the
    same person changed them alike within a minute."""
    ordered = sorted(amendments, key=lambda one: (one.date, _minute(one), one.half))
    grouped: list[list[Changed]] = []
    for one in ordered:
        if grouped and _alike(grouped[-1][-1], one):
            grouped[-1].append(one)
        else:
            grouped.append([one])
    return list(map(_change_line, grouped))


def _minute(one: Changed) -> datetime:
    return one.at.replace(second=0, microsecond=0)


def _alike(a: Changed, b: Changed) -> bool:
    return a.half != b.half and _in_one_row(a) == _in_one_row(b)


def _in_one_row(one: Changed) -> tuple:
    """What both halves of a day have in common: present in the morning and in the afternoon have a
    code each, and are one thing."""
    before, after = (PRESENT.get(entry, entry) for entry in (_before(one), _after(one)))
    return one.date, _minute(one), before, after, one.reason, one.by


def _before(one: Changed) -> str:
    return _in_words(one.before or "none", one.minutes_before)


def _after(one: Changed) -> str:
    return _in_words(one.after, one.minutes_after)


def _in_words(entry: str, minutes: int | None) -> str:
    return entry if minutes is None else f"{entry},\N{NO-BREAK SPACE}{minutes}\N{NO-BREAK SPACE}min"


def _change_line(group: Sequence[Changed]) -> ChangeRow:
    one = group[0]
    halves = ", ".join(Half(each.half).name for each in group)
    return ChangeRow(
        when=f"{short_date(one.date)}, {halves}",
        before=" ".join(dict.fromkeys(map(_before, group))),
        after=" ".join(dict.fromkeys(map(_after, group))),
        reason=one.reason,
        at=moment(one.at),
        by=", ".join(filter(None, (one.by, one.position))),
    )
