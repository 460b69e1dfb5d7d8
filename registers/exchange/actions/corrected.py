"""A date of entry or leaving that the files correct: matched, told in the check, then written.

A row whose date of entry Rollbook does not have is a correction where it overlaps one time on the
roll that the file no longer has; else it is another time on the roll. Marks outside the corrected
dates are kept and count nowhere (`registers.models.on_roll`).
"""

from collections.abc import Callable, Iterable, Sequence

from registers.exchange.checks.known import Known
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, PupilRow
from registers.exchange.layout.staged import Spell as Staged
from registers.marks.actions.writing import lock_enrolments
from registers.models import Enrolment, RollChange
from registers.models.school.staff import User
from registers.policies import position_of
from registers.roll.actions import dates
from registers.roll.actions.roll_changes import in_words
from registers.rules.admission import Spell, overlap

REASON = "pupils.csv, line {line}: corrected in the school’s files"
ENTRY, LAST_DAY = "date of entry", "last day on the roll"


def match(rows: Sequence[PupilRow], there: Iterable[Staged]) -> None:
    """Say of each row of one pupil which time on the roll it corrects, if it corrects one."""
    ours = {row.starts_on for row in rows}
    free = [one.facts.starts_on for one in there if one.facts.starts_on not in ours]
    spells = {one.facts.starts_on: one.facts for one in there}
    for row in rows:
        if row.starts_on in spells:
            continue
        met = [start for start in free if _overlaps(row, spells[start])]
        rivals = [
            other for other in rows if other is not row and met and _overlaps(other, spells[met[0]])
        ]
        if len(met) == 1 and not rivals:
            row.corrects = met[0]
            if "Date of leaving" in row.unsaid:
                row.leaves_on = spells[met[0]].leaves_on


def _overlaps(row: PupilRow, facts) -> bool:
    return overlap(Spell(row.starts_on, row.leaves_on), Spell(facts.starts_on, facts.leaves_on))


def settle(folder: Folder, known: Known, findings: Findings) -> None:
    """Tell how many dates are corrected and how many marks then lie outside; leave a pupil off
    the roll whom a person has taken off it, where the file gives no date of leaving."""
    there = {
        (upn, one.facts.starts_on): one for upn, spells in known.spells.items() for one in spells
    }
    corrected: dates.Corrected = {}
    first = 0
    for row in folder.pupils:
        old = there.get((row.upn, row.corrects or row.starts_on))
        if old is None or old.enrolment_id is None:
            continue
        if row.leaves_on is None and old.enrolment_id in known.taken_off:
            row.leaves_on = old.facts.leaves_on
            findings.warn(
                "taken off the roll in Rollbook with its ground, and the file has no date of "
                "leaving: stays off the roll",
                f"pupils.csv, line {row.line}",
            )
        was, becomes = _spells(old.facts, row)
        if was != becomes:
            corrected = {**corrected, old.enrolment_id: (was, becomes)}
            first = first or row.line
    if falls := sum(falls for falls, _ in dates.marks_that_move(corrected).values()):
        marks = f"{falls:,} marks" if falls > 1 else "1 mark"
        findings.warn(
            f"{marks} will lie outside corrected dates: kept in the history, and in no figure",
            f"pupils.csv, line {first}",
        )


def _spells(facts, row: PupilRow) -> tuple[Spell, Spell]:
    return Spell(facts.starts_on, facts.leaves_on), Spell(row.starts_on, row.leaves_on)


class Corrections:
    """The enrolments whose dates the files correct: held before, brought into line after."""

    def __init__(
        self, rows: Iterable[tuple[PupilRow, Enrolment]], where: Callable[[str], str] = str
    ):
        """`where` says a place in the words of the person's own files."""
        self.where = where
        self.rows = {
            old.pk: (row, Spell(old.starts_on, old.leaves_on), Spell(row.starts_on, row.leaves_on))
            for row, old in rows
            if (old.starts_on, old.leaves_on) != (row.starts_on, row.leaves_on)
        }
        lock_enrolments(list(self.rows))

    def fit(self, by: User | None) -> int:
        """After the dates were written: what hangs on them, and a trace of each. How many."""
        spells = {pk: (was, becomes) for pk, (_, was, becomes) in self.rows.items()}
        moved = dates.marks_that_move(spells)
        dates.fit(spells)
        self._note(moved, by)
        return len(spells)

    def _note(self, moved: dict[int, tuple[int, int]], by: User | None) -> None:
        owners = dict(
            Enrolment.objects.filter(pk__in=list(self.rows)).values_list("pk", "pupil_id")
        )
        schools = Enrolment.objects.filter(pk__in=list(self.rows)).values_list("school_id")
        school_id = next(iter(schools), (None,))[0]
        position = position_of(by, "import_school", school=school_id) if by and school_id else ""
        RollChange.objects.bulk_create(
            RollChange(
                pupil_id=owners[pk],
                what=what,
                before=before,
                after=after,
                reason=self.where(REASON.format(line=row.line)),
                by=by,
                by_name=str(by) if by else "Import",
                by_position=position,
            )
            for pk, (row, was, becomes) in self.rows.items()
            for what, before, after in _entries(was, becomes, *moved.get(pk, (0, 0)))
        )


def _entries(was: Spell, becomes: Spell, falls: int, back: int) -> list[tuple[str, str, str]]:
    """The entries that changed; to fill in a date of leaving is a change where marks fall away."""
    found = []
    if was.starts_on != becomes.starts_on:
        found.append((ENTRY, in_words(was.starts_on), in_words(becomes.starts_on)))
    if was.leaves_on != becomes.leaves_on and (was.leaves_on or falls):
        found.append((LAST_DAY, in_words(was.leaves_on) or "none", in_words(becomes.leaves_on)))
    said = [f"{_marks(falls)} no more" if falls else "", f"{_marks(back)} again" if back else ""]
    words = ", ".join(filter(None, said))
    if found and words:
        what, before, after = found[0]
        found[0] = (what, before, f"{after or 'none'}; {words}")
    return found


def _marks(number: int) -> str:
    return f"{number:,} marks count" if number > 1 else "1 mark counts"
