"""Marks that a file has twice for one session: the very same count once, others are wrong."""

from array import array
from itertools import groupby

from registers.exchange.layout.findings import Findings
from registers.exchange.layout.staged import SESSION_SHIFT, StagedMark, StagedSpell, unpack
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import FilePlace
from registers.exchange.problems.reasons import Lines, because
from registers.exchange.problems.warnings import WarningKind
from registers.rules.codes import Half

MARKS = "marks.csv"


def sort_marks(spell: StagedSpell, findings: Findings) -> None:
    """In the order of sessions; a row that is there again is one, two that differ are wrong."""
    numbers = sorted(spell.marks)
    if len(set(map(_session, numbers))) < len(numbers):
        numbers = _without_doubles(spell, numbers, findings)
    spell.marks = array("q", numbers)


def _session(number: int) -> int:
    return number >> SESSION_SHIFT


def _line(number: int) -> int:
    return unpack(number).line


def _without_doubles(spell: StagedSpell, numbers: list[int], findings: Findings) -> list[int]:
    good = []
    for _, of_session in groupby(numbers, key=_session):
        rows = sorted(of_session, key=_line)
        marks = list(map(unpack, rows))
        if len({_said(spell, mark) for mark in marks}) == 1:
            good.append(rows[0])
            _drop_doubles(spell, marks, findings)
        else:
            _refuse_doubles(spell, marks, findings)
    return good


def _said(spell: StagedSpell, mark: StagedMark) -> tuple[str, int | None, str | None]:
    return mark.code, mark.minutes_late, spell.comments.get(mark.place)


def _drop_doubles(spell: StagedSpell, marks: list[StagedMark], findings: Findings) -> None:
    first, *others = marks
    for mark in others:
        if mark.line != first.line:  # two columns of one row may be for the same session
            spell.comments.pop(mark.place, None)
        place = FilePlace(MARKS, (mark.line,), same_as=(first.line,))
        findings.warn(WarningKind.MARK_AGAIN, place)


def _refuse_doubles(spell: StagedSpell, marks: list[StagedMark], findings: Findings) -> None:
    lines = [mark.line for mark in marks]
    for mark in marks:
        others = tuple(filter(mark.line.__ne__, lines)) or (mark.line,)
        reason = because(ProblemKind.TWO_MARKS, lines=Lines(others))
        findings.wrong(MARKS, mark.line, "Session", reason)
        findings.set_aside(MARKS, _cells(spell, mark))


def _cells(spell: StagedSpell, mark: StagedMark) -> list[str]:
    minutes = "" if mark.minutes_late is None else str(mark.minutes_late)
    comment = spell.comments.pop(mark.place, "")
    return [spell.upn, str(mark.date), Half(mark.half).name, mark.code, minutes, comment]
