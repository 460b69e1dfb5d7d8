"""What is odd only beside other marks of the file: a long suspension, a closure that was none."""

from collections import Counter
from collections.abc import Iterable

from registers.exchange.layout.findings import Findings
from registers.exchange.layout.staged import (
    CODE_BITS,
    LINE_BITS,
    MINUTES_BITS,
    NUMBER,
    SESSION_SHIFT,
    StagedSpell,
    unpack,
)
from registers.rules.advice import DAYS_WITHOUT_PROVISION, Odd
from registers.rules.codes import ATTENDED

CODE_SHIFT, CODE_MASK = LINE_BITS + MINUTES_BITS, (1 << CODE_BITS) - 1
PRESENT = frozenset(NUMBER[symbol] for symbol in ATTENDED)
CLOSED, SUSPENDED = NUMBER["Y4"], NUMBER["E"]


def warn_of_what_is_odd_together(spells: Iterable[StagedSpell], findings: Findings) -> None:
    """Marks are sorted by session; a file without Y4 and E costs one look at each mark."""
    spells = list(spells)
    closed: dict[int, int] = {}  # session: its first mark with Y4
    for spell in spells:
        in_a_row, last_day = 0, -1
        for number in spell.marks:
            code = number >> CODE_SHIFT & CODE_MASK
            day = number >> SESSION_SHIFT + 1
            if code == SUSPENDED:
                in_a_row += day != last_day
                last_day = day
                if in_a_row > DAYS_WITHOUT_PROVISION:
                    findings.warn(Odd.SUSPENDED_LONG.value, _where(number))
            elif day != last_day:
                in_a_row = 0
            if code == CLOSED:
                closed.setdefault(number >> SESSION_SHIFT, number)
    if closed:
        _warn_of_closures(spells, closed, findings)


def _warn_of_closures(
    spells: list[StagedSpell], closed: dict[int, int], findings: Findings
) -> None:
    present: Counter[int] = Counter()
    without: Counter[int] = Counter()
    for spell in spells:
        for number in spell.marks:
            session = number >> SESSION_SHIFT
            if session in closed:
                code = number >> CODE_SHIFT & CODE_MASK
                present[session] += code in PRESENT
                without[session] += code == CLOSED
    for session, number in closed.items():
        if present[session] > without[session]:
            findings.warn(Odd.CLOSED_ALONE.value, _where(number))


def _where(number: int) -> str:
    return f"marks.csv, line {unpack(number).line}"
