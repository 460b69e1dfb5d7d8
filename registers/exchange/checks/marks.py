"""marks.csv: the long one. Every row against the rules; the good ones are staged."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from registers.exchange.checks.known import Known
from registers.exchange.checks.pupils import PUPIL_UNKNOWN, pupil_row_wrong
from registers.exchange.checks.together import warn_of_what_is_odd_together
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder
from registers.exchange.layout.readers import Table
from registers.exchange.layout.staged import MOST_LINES, SESSION_SHIFT, StagedSpell, pack, unpack
from registers.exchange.layout.values import NO_MARK, read_code, read_date, read_half, read_minutes
from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import Lines, ProblemReason, because
from registers.rules.advice import ADVISED, AdviceContext, advice
from registers.rules.allowed_codes import Refusal, SessionFacts, paper_needed, refusal
from registers.rules.codes import CODES, NEED_PAPER, Half

WrongColumn = tuple[str, ProblemReason]
EMPTY = because(ProblemKind.EMPTY)
LONGEST_COMMENT = 500
# What may be no mark at all: other systems fill closed days and days before entry with these.
SAY_NOTHING = frozenset({NO_MARK, "#", "Z"})
# What stands for presence in the other half of the day: several systems know one sign only.
OTHER_HALF = {"/": (Half.PM, "\\"), "\\": (Half.AM, "/")}


def _of_rules(refused: Refusal) -> ProblemReason:
    return because(ProblemKind.MARK_REFUSED, what=refused.what, remedy=refused.remedy)


class Remembered(dict):
    """What each text of a column means, read once; a wrong one is remembered as wrong."""

    def __init__(self, read: Callable[[str], Any]):
        super().__init__()
        self.read = read

    def __missing__(self, text: str):
        try:
            found = self.read(text.strip())
        except WrongCell as wrong:
            found = wrong
        if len(self) < 100_000:  # noise may not fill the memory
            self[text] = found
        return found


class MarksCheck:
    """One pass over the file. `today` is the last day that a mark may be for."""

    def __init__(self, folder: Folder, known: Known, findings: Findings, *, today: date):
        self.folder, self.findings, self.today = folder, findings, today
        self.held = {key for key, (_, is_open) in known.sessions.items() if is_open}
        closed = known.sessions.keys() - self.held
        self.held = (self.held - folder.taken_out) | (folder.sessions.keys() - closed)
        self.dates, self.halves = Remembered(read_date), Remembered(read_half)
        self.codes, self.minutes = Remembered(lambda text: text), Remembered(read_minutes)
        self.codes.read = read_code
        self.upns = Remembered(folder.upn_of)
        self.sessions: dict[tuple[str, str], SessionFacts] = {}
        self.known = known
        self.register_minutes = known.school.register_minutes if known.school else None
        self.papers: set[tuple[int, str]] = set()
        self.comments: dict[str, str] = {}  # one text for all rows that say the same

    def read(self, table: Table) -> None:
        for line, cells in table.rows(self.findings):
            refusal = self._refusal(line, cells)
            if refusal:
                self.findings.wrong("marks.csv", line, *refusal)
                self.findings.set_aside("marks.csv", cells)
        for spell in self.folder.all_spells():
            self._sort(spell)
        warn_of_what_is_odd_together(self.folder.all_spells(), self.findings)

    def _refusal(self, line: int, cells: list[str]) -> WrongColumn | None:
        """Stage the mark, pass the row over, or say the column and the reason why not."""
        session = self.sessions.get((cells[1], cells[2])) or self._session(cells[1], cells[2])
        if type(session) is tuple:
            return session
        code = self.codes[cells[3]]
        if type(code) is WrongCell:
            return "Code", code.reason
        symbol, tidied = code
        if symbol in SAY_NOTHING and (reason := self._says_nothing(symbol, cells[0], session)):
            self.findings.pass_over(reason, f"marks.csv, line {line}")
            return None
        if tidied:
            self.findings.warn(f"{cells[3]!r} is read as {symbol}", f"marks.csv, line {line}")
        if symbol in OTHER_HALF:
            symbol = self._of_this_half(symbol, session.half, line)
        minutes = self._minutes(symbol, cells[4])
        if type(minutes) is ProblemReason:
            return "Minutes late", minutes
        if line >= MOST_LINES:
            return "", because(ProblemKind.TOO_LONG_A_FILE, lines=MOST_LINES)
        return self._stage(line, cells, session, symbol, minutes)

    def _minutes(self, symbol: str, text: str) -> int | ProblemReason | None:
        """Minutes stand beside late marks alone; none of another mark is said by 0 as well."""
        if not text:
            return None
        minutes = self.minutes[text]
        if type(minutes) is WrongCell:
            return minutes.reason
        if CODES[symbol].late:
            return minutes
        return because(ProblemKind.NOT_A_LATE_MARK, code=symbol) if minutes else None

    def _says_nothing(self, symbol: str, upn: str, session: SessionFacts) -> str | None:
        """Why a row is no mark at all, as other systems fill their registers; None: it is one.

        `#` is a mark in a session that the school held, and `Z` for a pupil who was on the roll:
        see `registers.rules.allowed_codes`.
        """
        if not session.held and symbol != "Z":
            return "closed days"
        if symbol == NO_MARK:
            return "no mark"
        upn = self.upns[upn]
        if upn in self.folder.waiting:
            return None
        spells = self.folder.spells.get(upn) or ()
        if not any(spell.covers(session.date) for spell in spells):
            return self._not_on_roll(symbol, spells, session.date)
        if not session.held:
            return "closed days"
        return "days still to come" if session.date > self.today else None

    def _not_on_roll(self, symbol: str, spells: Sequence[StagedSpell], on: date) -> str | None:
        if any(spell.facts.starts_on <= on for spell in spells):
            return "no longer on roll"
        return "not yet on roll" if spells or symbol == "Z" else None

    def _of_this_half(self, symbol: str, session_half: Half, line: int) -> str:
        half, instead = OTHER_HALF[symbol]
        if session_half != half:
            return symbol
        words = "morning" if half is Half.AM else "afternoon"
        where = f"marks.csv, line {line}"
        self.findings.warn(f"{symbol} in the {words} is read as {instead}", where)
        return instead

    def _stage(self, line, cells, session: SessionFacts, symbol, minutes):
        upn = self.upns[cells[0]]
        spells = self.folder.spells.get(upn)
        if not spells or upn in self.folder.waiting:
            return "UPN", self._unknown(upn)
        on = session.date
        spell = next((spell for spell in spells if spell.covers(on)), spells[-1])
        refused = refusal(symbol, pupil=spell.facts, session=session, today=self.today)
        if refused is not None:
            return self._column(spell, session), _of_rules(refused)
        comment = cells[5].strip()
        if len(comment) > LONGEST_COMMENT:
            return "Comment", because(
                ProblemKind.TOO_LONG, length=len(comment), longest=LONGEST_COMMENT
            )
        if comment:
            place = (on.toordinal() << 1 | session.half, line)
            spell.comments[place] = self.comments.setdefault(comment, comment)
        spell.marks.append(pack(on.toordinal(), session.half, symbol, minutes, line))
        if symbol in ADVISED:
            self._advise(spell, session, symbol, minutes, line, comment)
        if symbol in NEED_PAPER:
            self._ask_for_paper(spell, symbol, line)
        return None

    def _ask_for_paper(self, spell: StagedSpell, symbol: str, line: int) -> None:
        """One warning for each pupil and code."""
        if (id(spell), symbol) not in self.papers:
            self.papers.add((id(spell), symbol))
            words = f"{symbol} needs {paper_needed(symbol)}: on the office's list"
            self.findings.warn(words, f"marks.csv, line {line}")

    def _advise(self, spell: StagedSpell, session, symbol, minutes, line, comment) -> None:
        """One warning for each kind of oddity: no file is held up by it."""
        around = AdviceContext(
            minutes_late=minutes,
            register_minutes=self.register_minutes,
            other_school=self.known.other_school_of(spell.enrolment_id) if symbol == "D" else None,
            paper=comment,
        )
        for one in advice(symbol, pupil=spell.facts, session=session, around=around):
            self.findings.warn(one.odd.value, f"marks.csv, line {line}")

    def _session(self, day: str, half: str) -> SessionFacts | WrongColumn:
        on, which = self.dates[day], self.halves[half]
        if type(on) is WrongCell:
            return "Date", on.reason if day.strip() else EMPTY
        if type(which) is WrongCell:
            return "Session", which.reason if half.strip() else EMPTY
        facts = SessionFacts(on, which, (on, which) in self.held)
        self.sessions[day, half] = facts
        return facts

    def _unknown(self, upn: str) -> ProblemReason:
        if upn in self.folder.waiting:
            return pupil_row_wrong(self.folder.waiting[upn])
        return PUPIL_UNKNOWN if upn else EMPTY

    def _column(self, spell: StagedSpell, session: SessionFacts) -> str:
        day_is_right = session.held and spell.covers(session.date) and session.date <= self.today
        return "Code" if day_is_right else "Date"

    def _sort(self, spell: StagedSpell) -> None:
        """In the order of sessions; a row that is there again is one, two that differ are wrong."""
        numbers = sorted(spell.marks)
        keys = [number >> SESSION_SHIFT for number in numbers]
        if len(set(keys)) < len(keys):
            numbers = self._without_doubles(spell, numbers)
        spell.marks = type(spell.marks)("q", numbers)

    def _without_doubles(self, spell: StagedSpell, numbers: list[int]) -> list[int]:
        by_session: dict[int, list[int]] = {}
        for number in numbers:
            by_session.setdefault(number >> SESSION_SHIFT, []).append(number)
        good = []
        for rows in by_session.values():
            rows.sort(key=lambda number: unpack(number).line)
            if len({self._said(spell, number) for number in rows}) == 1:
                good.append(rows[0])
                self._drop_doubles(spell, rows)
                continue
            lines = [unpack(number).line for number in rows]
            for number in rows:
                self._refuse_double(spell, number, lines)
        return good

    def _said(self, spell: StagedSpell, number: int) -> tuple:
        mark = unpack(number)
        return mark.code, mark.minutes_late, spell.comments.get(mark.place)

    def _drop_doubles(self, spell: StagedSpell, rows: list[int]) -> None:
        first, *others = map(unpack, rows)
        for mark in others:
            if mark.line != first.line:
                spell.comments.pop(mark.place, None)
            where = f"marks.csv, line {mark.line} as line {first.line}"
            self.findings.warn("the very same row is there again and counts once", where)

    def _refuse_double(self, spell: StagedSpell, number: int, lines: list[int]) -> None:
        mark = unpack(number)
        others = tuple(line for line in lines if line != mark.line) or (mark.line,)
        reason = because(ProblemKind.TWO_MARKS, lines=Lines(others))
        self.findings.wrong("marks.csv", mark.line, "Session", reason)
        minutes = "" if mark.minutes_late is None else str(mark.minutes_late)
        comment = spell.comments.pop(mark.place, "")
        cells = [spell.upn, str(mark.date), Half(mark.half).name, mark.code, minutes, comment]
        self.findings.set_aside("marks.csv", cells)
