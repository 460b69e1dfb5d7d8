"""marks.csv: the long one. Every row against the rules; the good ones are staged."""

from datetime import date
from functools import lru_cache
from typing import cast

from registers.exchange.checks.known import Known
from registers.exchange.checks.marks.doubles import sort_marks
from registers.exchange.checks.marks.rows import EMPTY, MOST_REMEMBERED, MarkCells, RefusedMark
from registers.exchange.checks.marks.together import warn_of_what_is_odd_together
from registers.exchange.checks.whole import PUPIL_UNKNOWN, pupil_row_wrong
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder
from registers.exchange.layout.rows import RowSource
from registers.exchange.layout.staged import MOST_LINES, StagedSpell, pack
from registers.exchange.layout.values import NO_MARK
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import at_line
from registers.exchange.problems.reasons import ProblemReason, because
from registers.exchange.problems.warnings import PassedOver, WarningKind
from registers.rules.advice import ADVISED, AdviceContext, Odd, advice
from registers.rules.allowed_codes import SessionFacts, paper_needed, refusal
from registers.rules.codes import NEED_PAPER, Half

MARKS = "marks.csv"
LONGEST_COMMENT = 500
# What may be no mark at all: other systems fill closed days and days before entry with these.
NOT_YET = "Z"
SAY_NOTHING = frozenset({NO_MARK, "#", NOT_YET})
# What stands for presence in the other half of the day: several systems know one sign only.
OTHER_HALF = {"/": Half.PM, "\\": Half.AM}
READ_THERE = {"/": ("afternoon", "\\"), "\\": ("morning", "/")}


class MarksCheck:
    """One pass over the file. `today` is the last day that a mark may be for."""

    def __init__(self, folder: Folder, known: Known, findings: Findings, *, today: date):
        self.folder, self.known, self.findings, self.today = folder, known, findings, today
        there = (known.sessions.keys() - folder.taken_out) | folder.sessions.keys()
        self.upn_of = lru_cache(MOST_REMEMBERED)(folder.upn_of)
        self.cells = MarkCells(there - known.not_held)
        self.register_minutes = known.school.register_minutes if known.school else None
        self.papers: set[tuple[int, str]] = set()
        self.comments: dict[str, str] = {}  # one text for all rows that say the same

    def read(self, table: RowSource) -> None:
        for line, cells in table.rows(self.findings):
            texts = cast("list[str]", cells)  # no table of marks lacks a column
            try:
                self._take(line, *texts)
            except RefusedMark as refused:
                self.findings.wrong(MARKS, line, refused.column, refused.reason)
                self.findings.set_aside(MARKS, texts)
        spells = list(self.folder.all_spells())
        for spell in spells:
            sort_marks(spell, self.findings)
        warn_of_what_is_odd_together(spells, self.findings)

    def _take(
        self, line: int, upn: str, day: str, half: str, code: str, minutes: str, comment: str
    ) -> None:
        """Stage the mark, or pass the row over. Raises RefusedMark."""
        session = self.cells.sessions[day, half]
        symbol, is_tidied = self.cells.codes[code]
        if symbol in SAY_NOTHING and (reason := self._says_nothing(symbol, upn, session)):
            self.findings.pass_over(reason, at_line(MARKS, line))
            return
        if is_tidied:
            self._warn(WarningKind.CODE_TIDIED, line, cell=repr(code), code=symbol)
        if OTHER_HALF.get(symbol) is session.half:
            symbol = self._of_this_half(symbol, line)
        minutes_late = self.cells.minutes(symbol, minutes)
        if line >= MOST_LINES:
            raise RefusedMark("", because(ProblemKind.TOO_LONG_A_FILE, lines=MOST_LINES))
        spell = self._spell_for(symbol, self.upn_of(upn), session)
        self._stage(spell, session, symbol, minutes_late, line, comment.strip())

    # --- rows that say nothing

    def _says_nothing(self, symbol: str, upn: str, session: SessionFacts) -> PassedOver | None:
        """Why a row is no mark at all, as other systems fill their registers; None: it is one.

        `#` is a mark in a session that the school held, and `Z` for a pupil who was on the roll:
        see `registers.rules.allowed_codes`.
        """
        if not session.held and symbol != NOT_YET:
            return PassedOver.CLOSED
        if symbol == NO_MARK:
            return PassedOver.NO_MARK
        upn = self.upn_of(upn)
        return None if upn in self.folder.waiting else self._no_mark_of(symbol, upn, session)

    def _no_mark_of(self, symbol: str, upn: str, session: SessionFacts) -> PassedOver | None:
        spells = self.folder.spells.get(upn, [])
        if not any(spell.covers(session.date) for spell in spells):
            return _not_on_roll(symbol, spells, session.date)
        if not session.held:
            return PassedOver.CLOSED
        return PassedOver.TO_COME if session.date > self.today else None

    # --- marks

    def _of_this_half(self, symbol: str, line: int) -> str:
        half, instead = READ_THERE[symbol]
        self._warn(WarningKind.OTHER_HALF, line, code=symbol, half=half, instead=instead)
        return instead

    def _spell_for(self, symbol: str, upn: str, session: SessionFacts) -> StagedSpell:
        """The time on the roll that the mark hangs on. Raises RefusedMark where it may not."""
        spells = self.folder.spells.get(upn)
        if not spells:
            raise RefusedMark("UPN", self._unknown(upn))
        spell = spells[0] if len(spells) == 1 else _spell_on(session.date, spells)
        refused = refusal(symbol, pupil=spell.facts, session=session, today=self.today)
        if refused is not None:
            reason = because(ProblemKind.MARK_REFUSED, what=refused.what, remedy=refused.remedy)
            raise RefusedMark(self._refused_column(spell, session), reason)
        return spell

    def _refused_column(self, spell: StagedSpell, session: SessionFacts) -> str:
        """Whether the code or the day itself is what the rules do not allow."""
        day_is_right = session.held and spell.covers(session.date) and session.date <= self.today
        return "Code" if day_is_right else "Date"

    def _unknown(self, upn: str) -> ProblemReason:
        if upn in self.folder.waiting:
            return pupil_row_wrong(self.folder.waiting[upn])
        return PUPIL_UNKNOWN if upn else EMPTY

    def _stage(
        self,
        spell: StagedSpell,
        session: SessionFacts,
        symbol: str,
        minutes: int | None,
        line: int,
        comment: str,
    ) -> None:
        ordinal = session.date.toordinal()
        if comment:
            place = (ordinal << 1 | session.half, line)
            spell.comments[place] = self._comment(comment)
        spell.marks.append(pack(ordinal, session.half, symbol, minutes, line))
        if symbol in ADVISED:
            self._advise(spell, session, symbol, minutes, line, comment)
        if symbol in NEED_PAPER:
            self._ask_for_paper(spell, symbol, line)

    def _comment(self, comment: str) -> str:
        if len(comment) > LONGEST_COMMENT:
            reason = because(ProblemKind.TOO_LONG, length=len(comment), longest=LONGEST_COMMENT)
            raise RefusedMark("Comment", reason)
        return self.comments.setdefault(comment, comment)

    # --- what is told beside

    def _ask_for_paper(self, spell: StagedSpell, symbol: str, line: int) -> None:
        """One warning for each pupil and code."""
        if (id(spell), symbol) not in self.papers:
            self.papers.add((id(spell), symbol))
            self._warn(WarningKind.NEEDS_PAPER, line, code=symbol, paper=str(paper_needed(symbol)))

    def _advise(
        self,
        spell: StagedSpell,
        session: SessionFacts,
        symbol: str,
        minutes: int | None,
        line: int,
        comment: str,
    ) -> None:
        """One warning for each kind of oddity: no file is held up by it."""
        around = AdviceContext(
            minutes_late=minutes,
            register_minutes=self.register_minutes,
            other_school=self._other_school(symbol, spell),
            paper=comment,
        )
        for one in advice(symbol, pupil=spell.facts, session=session, around=around):
            self._warn(one.odd, line)

    def _other_school(self, symbol: str, spell: StagedSpell) -> str | None:
        """Looked up for D alone: a file without it asks the database nothing."""
        return self.known.other_school_of(spell.enrolment_id) if symbol == "D" else None

    def _warn(self, kind: WarningKind | Odd, line: int, **values: str) -> None:
        self.findings.warn(kind, at_line(MARKS, line), **values)


def _spell_on(on: date, spells: list[StagedSpell]) -> StagedSpell:
    """The one that has the day; the last where none has."""
    return next((spell for spell in spells if spell.covers(on)), spells[-1])


def _not_on_roll(symbol: str, spells: list[StagedSpell], on: date) -> PassedOver | None:
    if any(spell.starts_on <= on for spell in spells):
        return PassedOver.NO_LONGER_ON_ROLL
    return PassedOver.NOT_YET_ON_ROLL if spells or symbol == NOT_YET else None
