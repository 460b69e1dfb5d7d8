"""Is this school like the nation's? A group of forty pupils may be unlucky; then we draw again.

The gaps are how much more a group is away, and persistently away, than the others: England, autumn
2024, Department for Education, under the Open Government Licence v3.0.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from registers.demo.year.diary import Diary
from registers.rules.codes import CODES, Counts

# (who, compared with whom): (absence rates, persistent absence rates), in per cent
PUBLISHED = {
    ("FSM", "not FSM"): ((10.0, 5.2), (31.7, 14.4)),
    ("E", "N"): ((13.1, 5.8), (35.1, 17.0)),
    ("K", "N"): ((10.1, 5.8), (29.0, 17.0)),
}
GROUPS: dict[str, Callable[[Diary], bool]] = {
    "FSM": lambda diary: diary.pupil.family.fsm,
    "not FSM": lambda diary: not diary.pupil.family.fsm,
    "E": lambda diary: diary.pupil.sen == "E",
    "K": lambda diary: diary.pupil.sen == "K",
    "N": lambda diary: diary.pupil.sen == "N",
}
POSSIBLE = {symbol for symbol, code in CODES.items() if code.counts is not Counts.NOT_POSSIBLE}
ATTENDED = {symbol for symbol, code in CODES.items() if code.counts is Counts.ATTENDED}


def unlikeness(diaries: Iterable[Diary]) -> float:
    """The furthest of the gaps from the published one, as a share of it: 0 is the same."""
    sums = _sums(diaries)
    return max(
        abs(_gap(mine) / _gap(theirs) - 1)
        for (group, others), (absence, persistent) in PUBLISHED.items()
        for mine, theirs in zip(
            _rates(sums[group], sums[others]), (absence, persistent), strict=True
        )
    )


def _sums(diaries: Iterable[Diary]) -> dict[str, Counter[str]]:
    sums: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
    for diary in diaries:
        row = _counted(diary)
        for group, belongs in GROUPS.items():
            if belongs(diary):
                sums[group] += row
    return sums


def _counted(diary: Diary) -> Counter[str]:
    marks = Counter(diary.marks)
    possible = sum(map(marks.__getitem__, POSSIBLE))
    absent = possible - sum(map(marks.__getitem__, ATTENDED))
    persistent = possible > 0 and 10 * absent >= possible
    return Counter(possible=possible, absent=absent, some=possible > 0, persistent=persistent)


def _rates(group: Counter[str], others: Counter[str]) -> list[tuple[float, float]]:
    """The group's rate beside the others', for absence and for persistent absence."""
    return [
        (group[part] / max(1, group[whole]), others[part] / max(1, others[whole]))
        for part, whole in (("absent", "possible"), ("persistent", "some"))
    ]


def _gap(rates: tuple[float, float]) -> float:
    """How much more, as a share of the others' rate."""
    return rates[0] / max(rates[1], 1e-9) - 1
