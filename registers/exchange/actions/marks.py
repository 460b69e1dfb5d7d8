"""Checked marks → the register, in pieces of whole enrolments, each one transaction.

A piece is read, compared with its file and only what differs is written, so the same files twice
write nothing and a broken import goes on where it was. Between two pieces others can write: SQLite
has one writer at a time, and a register must be saved during an import.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep

from django.db import connection, transaction
from django.utils import timezone

from registers.exchange.layout.findings import Findings
from registers.exchange.layout.staged import StagedMark, StagedSpell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import at_line
from registers.exchange.problems.reasons import because
from registers.marks.actions.amend import ended_keys
from registers.marks.actions.writing import Author, MarkChange, MarkKey, WriteResult, write_marks
from registers.models import Mark, MarkComment, Register, School
from registers.rules.advice import Odd

CHANGED = "{place}: changed in the school's system"
ENTERED = "{place}: entered in the school's system"
SQLITE_SECONDS, OTHER_SECONDS = 0.7, 2.0  # that a piece aims at; a hard 2 is promised on SQLite
FIRST_PIECE = 2_000  # marks, until it is known how long they take
LARGEST_PIECE = 30_000
SQLITE_GIVES_WAY = 0.11  # seconds: a waiting writer looks every tenth of a second

Progress = Callable[[int, int], None]


@dataclass
class MarksBatch:
    """What differs between the files and the register, for some enrolments."""

    changes: list[MarkChange] = field(default_factory=list)
    lines: dict[MarkKey, int] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)


class MarksWriter:
    def __init__(
        self,
        school: School,
        findings: Findings,
        *,
        author: Author | None,
        before_writing: Callable[[], None],
        dry_run: bool = False,
    ):
        self.school, self.findings, self.author = school, findings, author
        self.before_writing, self.dry_run = before_writing, dry_run
        self.counts: Counter[str] = Counter()
        self.made_at = timezone.now()
        self.may_have_ended = Register.objects.filter(
            group__school=school, ended_at__isnull=False
        ).exists()
        self.is_sqlite = connection.vendor == "sqlite"
        self.size = FIRST_PIECE

    def write(self, spells: Iterable[StagedSpell], progress: Progress | None = None) -> Counter:
        with_marks = [spell for spell in spells if spell.marks]
        with_marks.sort(key=lambda spell: spell.enrolment_id or 0)
        done, total = 0, sum(len(spell.marks) for spell in with_marks)
        for some in self._pieces(with_marks):
            self._bring_in(some, is_first=not done)
            done += sum(len(spell.marks) for spell in some)
            if progress:
                progress(done, total)
        return self.counts

    def _bring_in(self, spells: list[StagedSpell], *, is_first: bool) -> None:
        piece = self._compare(spells)
        if piece.changes and not self.dry_run:
            if self.is_sqlite and not is_first:
                sleep(SQLITE_GIVES_WAY)
            self.before_writing()
            self._write(piece)
        self.counts += piece.counts

    def _pieces(self, spells: list[StagedSpell]) -> Iterator[list[StagedSpell]]:
        piece, marks = [], 0
        for spell in spells:
            piece.append(spell)
            marks += len(spell.marks)
            if marks >= self.size:
                yield piece
                piece, marks = [], 0
        if piece:
            yield piece

    # --- what differs

    def _compare(self, spells: list[StagedSpell]) -> MarksBatch:
        piece = MarksBatch()
        ids = [spell.enrolment_id for spell in spells if spell.enrolment_id]
        there = _marks_there(ids)
        comments = _comments_there(ids) if any(spell.comments for spell in spells) else {}
        for spell in spells:
            pk = spell.enrolment_id or 0
            marks, words = there.get(pk, {}), comments.get(pk, {})
            for staged in spell.staged():
                comment = spell.comments.get(staged.place)
                if comment is not None and words.get(staged.session) == comment:
                    comment = None
                self._compare_mark(piece, pk, staged, marks.get(staged.session), comment)
        return piece

    def _compare_mark(
        self,
        piece: MarksBatch,
        pk: int,
        staged: StagedMark,
        old: tuple | None,
        comment: str | None,
    ) -> None:
        if old is None:
            self._want(piece, pk, staged, 0, comment, ENTERED, "new marks")
        elif old[:2] == (staged.code, staged.minutes_late) and comment is None:
            piece.counts["unchanged marks"] += 1
        elif old[3] != Mark.Source.IMPORT:
            self._left_alone(piece, staged, old[0])
        else:
            self._want(piece, pk, staged, old[2], comment, CHANGED, "changed marks")
            if (old[0], staged.code) == ("G", "C"):
                self.findings.warn(Odd.GRANTED_AFTERWARDS, at_line("marks.csv", staged.line))

    def _want(
        self,
        piece: MarksBatch,
        pk: int,
        staged: StagedMark,
        seen: int,
        comment: str | None,
        reason: str,
        count: str,
    ) -> None:
        key = MarkKey(pk, staged.date, staged.half)
        place = self.findings.where(at_line("marks.csv", staged.line))
        reason = reason.format(place=place) if seen or self.may_have_ended else ""
        piece.changes.append(
            MarkChange(key, staged.code, seen, staged.minutes_late, comment, reason)
        )
        piece.lines[key] = staged.line
        piece.counts[count] += 1

    def _left_alone(self, piece: MarksBatch, staged: StagedMark, code: str) -> None:
        reason = because(ProblemKind.CHANGED_HERE, here=code, there=staged.code)
        self.findings.leave_alone(staged.line, reason)
        piece.counts["left as changed in Rollbook"] += 1

    # --- writing it

    def _write(self, piece: MarksBatch) -> None:
        dates = [key.date for key in piece.lines]
        with self._timed(len(piece.changes)), transaction.atomic():
            ids = {key.enrolment_id for key in piece.lines}
            ended = (
                ended_keys(ids, first=min(dates), last=max(dates)) if self.may_have_ended else ()
            )
            written = write_marks(
                piece.changes,
                by=self.author,
                source=Mark.Source.IMPORT,
                made_at=self.made_at,
                check=lambda change, enrolment, mark: None,
                ended=ended,
            )
        self._report_races(piece, written)

    def _report_races(self, piece: MarksBatch, written: WriteResult) -> None:
        """Marks that somebody changed in the moment between reading and writing them."""
        for key, mark in written.conflicts.items():
            here = mark.code if mark else "it"
            reason = because(ProblemKind.CHANGED_MEANWHILE, here=here)
            self.findings.leave_alone(piece.lines[key], reason)
            piece.counts["left as changed in Rollbook"] += 1
        kinds = Counter(
            "changed marks" if change.seen else "new marks"
            for change in piece.changes
            if change.key in written.conflicts
        )
        piece.counts -= kinds

    @contextmanager
    def _timed(self, marks: int) -> Iterator[None]:
        """Pieces grow and shrink towards the time that one may hold the database."""
        start = monotonic()
        yield
        took = max(monotonic() - start, 0.001)
        aim = SQLITE_SECONDS if self.is_sqlite else OTHER_SECONDS
        if marks >= self.size / 2:
            self.size = int(min(LARGEST_PIECE, marks * min(2.0, max(0.25, aim / took))))


def _marks_there(ids: list[int]) -> dict[int, dict[int, tuple]]:
    """By enrolment and session: code, minutes late, version, source."""
    found: dict[int, dict[int, tuple]] = defaultdict(dict)
    if ids:
        rows = Mark.objects.filter(enrolment__in=ids).values_list(
            "enrolment_id", "date", "half", "code_id", "minutes_late", "version", "source"
        )
        for pk, day, half, *rest in rows.iterator(chunk_size=10_000):
            found[pk][day.toordinal() << 1 | half] = tuple(rest)
    return found


def _comments_there(ids: list[int]) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = MarkComment.objects.filter(enrolment__in=ids)
    for pk, day, half, text in rows.values_list("enrolment_id", "date", "half", "text"):
        found[pk][day.toordinal() << 1 | half] = text
    return found
