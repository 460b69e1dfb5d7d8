"""pupils.csv: who is on roll, from when until when."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from operator import attrgetter

from registers.exchange.checks.known import Known
from registers.exchange.checks.pupils import corrected
from registers.exchange.checks.pupils.identity import settle_upns
from registers.exchange.checks.pupils.partial import fill_in, together
from registers.exchange.checks.pupils.read import read_pupil
from registers.exchange.checks.whole import RowsOfPupil
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, PupilRow
from registers.exchange.layout.rows import FileRow, RowSource, rows_of
from registers.exchange.layout.staged import StagedSpell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import line
from registers.rules.admission import Dates, overlap

Pair = tuple[FileRow, PupilRow]
# By how many of the two times on the roll are in the files.
OVERLAPS = {1: ProblemKind.OVERLAPS_ROLLBOOK, 2: ProblemKind.ENROLMENTS_OVERLAP}


def check_pupils(table: RowSource, folder: Folder, known: Known, findings: Findings) -> None:
    """Fills `folder.pupils` and `folder.waiting`, whose pupils are set aside."""
    good, wrong = _read(table, findings)
    settle_upns(good, folder, known)
    good = together(good)
    fill_in(good, folder, known)
    for _, pupil in wrong:
        pupil.upn = folder.upn_of(pupil.upn)
    for upn, rows in _by_upn([*good, *wrong]).items():
        if rows.can_come_in(partial(_compare, there=known.spells_of(upn))):
            folder.pupils.extend(rows.parts)
        else:
            folder.waiting[upn] = rows.waits_for


def _read(table: RowSource, findings: Findings) -> tuple[list[Pair], list[Pair]]:
    """The rows that are right, each by itself, and the others: their pupils wait with them."""
    good: list[Pair] = []
    wrong: list[Pair] = []
    for row in rows_of(table, findings):
        pair = row, read_pupil(row)
        (good if row.ok else wrong).append(pair)
    return good, wrong


def _by_upn(pairs: Sequence[Pair]) -> dict[str, RowsOfPupil[PupilRow]]:
    """The rows of each pupil, in the order of the file."""
    found: dict[str, RowsOfPupil[PupilRow]] = defaultdict(RowsOfPupil)
    for row, pupil in sorted(pairs, key=lambda pair: pair[0].line):
        found[pupil.upn].pairs.append((row, pupil))
    return found


def _compare(pairs: Sequence[Pair], there: list[StagedSpell]) -> None:
    """The rows of one pupil with each other, and with what Rollbook has."""
    _refuse_what_differs(pairs)
    corrected.match([pupil for _, pupil in pairs], there)
    _refuse_overlaps(pairs, there)


def _refuse_what_differs(pairs: Sequence[Pair]) -> None:
    _, first = pairs[0]
    lines: dict[date, int] = {}
    for row, pupil in pairs:
        row.wrong_if_again(lines, pupil.starts_on, "Date of entry", ProblemKind.ENROLMENT_TWICE)
        lines[pupil.starts_on] = row.line
        for column in ("Date of birth", "Sex"):
            row.wrong_if(
                pupil.says(column) and pupil.value_of(column) != first.value_of(column),
                column,
                ProblemKind.DIFFERS_SAME_UPN,
                line=line(first.line),
            )


@dataclass(frozen=True, slots=True)
class TimeOnRoll:
    """A time on the roll with the row that says it; Rollbook's own have none."""

    spell: Dates
    row: FileRow | None = None

    @property
    def starts_on(self) -> date:
        return self.spell.starts_on


def _refuse_overlaps(pairs: Sequence[Pair], there: list[StagedSpell]) -> None:
    """Times on the roll come one after another; what a row corrects does not count beside it."""
    times = sorted(_times_on_roll(pairs, there), key=attrgetter("starts_on"))
    for time, following in pairwise(times):
        if overlap(time.spell, following.spell):
            _refuse_overlap(time, following)


def _times_on_roll(pairs: Sequence[Pair], there: list[StagedSpell]) -> Iterator[TimeOnRoll]:
    ours = {pupil.stands_for for _, pupil in pairs}
    for row, pupil in pairs:
        yield TimeOnRoll(pupil, row)
    for spell in there:
        if spell.starts_on not in ours:
            yield TimeOnRoll(spell)


def _refuse_overlap(time: TimeOnRoll, following: TimeOnRoll) -> None:
    """Told in the later row; two times on the roll that Rollbook has itself are told in none."""
    rows = list(filter(None, (following.row, time.row)))
    for row in rows[:1]:
        row.wrong(
            "Date of entry",
            OVERLAPS[len(rows)],
            starts_on=str(time.starts_on),
            next_starts_on=str(following.starts_on),
        )
