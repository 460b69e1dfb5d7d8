"""All tables of an upload → what Rollbook takes them for, and what it must ask. No Django.

The same tables with the same answers give the same proposal: a page keeps only files and answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from registers.exchange.layout.files import COLUMNS
from registers.exchange.map import asking
from registers.exchange.map.dates import DateEvidence
from registers.exchange.map.segments import Segment
from registers.exchange.problems.errors import WrongCell
from registers.exchange.proposal.look import AboutSchool, AskedQuestion
from registers.exchange.proposal.table import TablePlan
from registers.exchange.questions import Answers, Question
from registers.exchange.read import Reading
from registers.setup.calendar.year_plan import bank_holidays

ENTRY, CALENDAR = "entry", "calendar"


@dataclass
class Proposal:
    """What each table, column and word is taken for. Rows are read when an import asks for them.

    `reading` holds what an archive was unpacked to: the tables can be read while it lives.
    """

    reading: Reading
    plans: list[TablePlan]
    answers: Answers
    asked: list[AskedQuestion] = field(default_factory=list)  # of all files together
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def all_asked(self) -> list[AskedQuestion]:
        """Every question once, with its answer, also those that Rollbook knows by itself."""
        found: dict[str, AskedQuestion] = {}
        for asked in (*(one for plan in self.plans for one in plan.asked), *self.asked):
            if asked.question.id not in found or asked.must:
                found[asked.question.id] = asked
        return list(found.values())

    @property
    def questions(self) -> list[Question]:
        """Those that a person must answer before anything can come in."""
        return [asked.question for asked in self.all_asked if asked.is_open]

    @property
    def is_ready(self) -> bool:
        return not self.questions and not self.problems

    @property
    def segments(self) -> Iterator[tuple[TablePlan, Segment]]:
        for plan in self.plans:
            for segment in plan.segments:
                yield plan, segment

    @property
    def default_entry(self) -> date | None:
        said = self.answers.get(ENTRY, "")
        try:
            return date.fromisoformat(said)
        except ValueError:
            return None

    @property
    def calendar_from(self) -> str | None:
        """What the calendar is made of, marks or terms; None where that is not wanted."""
        said = self.answers.get(CALENDAR)
        return said if said in (asking.MARKS, asking.TERMS) else None

    def to_json(self) -> dict[str, Any]:
        """As plain values, for a page that a worker prepared."""
        return {
            "tables": [_table(plan) for plan in self.plans],
            "questions": [_question(asked) for asked in self.all_asked],
            "problems": self.problems,
            "notes": self.notes,
            "ready": self.is_ready,
        }


def propose(
    reading: Reading,
    about: AboutSchool,
    answers: Answers | None = None,
    *,
    dates: str | None = None,
) -> Proposal:
    """Find out what can be found out. `dates` is the order for every file whose dates are open."""
    answers = dict(answers or {})
    plans = [TablePlan(table, about, answers, dates) for table in reading.tables]
    evidence: dict[str, DateEvidence] = {}
    for plan in plans:
        plan.look()
        _pool(evidence.setdefault(plan.id, DateEvidence()), plan.evidence())
    for plan in plans:
        plan.settle(evidence[plan.id])
    proposal = Proposal(reading, plans, answers, notes=list(reading.notes))
    proposal.problems = [str(problem) for problem in reading.problems]
    proposal.problems += [f"{plan.source} {why}" for plan in plans for why in plan.problems]
    for question in reading.questions:
        proposal.asked.append(AskedQuestion(question, True, answers.get(question.id)))
    _ask_of_all(proposal, about)
    return proposal


def _pool(together: DateEvidence, one: DateEvidence) -> None:
    together.only = one.only | together.only
    together.open = together.open or one.open
    together.serial = together.serial or one.serial


def _ask_of_all(proposal: Proposal, about: AboutSchool) -> None:
    entered = {upn for plan in proposal.plans for upn in plan.upns_with_entry()}
    without = [plan for plan in proposal.plans if plan.new_pupils_without_entry(entered)]
    if without:
        question = asking.entry(ENTRY, without[0].source, about.year_starts_on, about.today)
        answer = proposal.answers.get(ENTRY) if proposal.default_entry else None
        proposal.asked.append(AskedQuestion(question, True, answer))
    _ask_for_calendar(proposal, about)


def _ask_for_calendar(proposal: Proposal, about: AboutSchool) -> None:
    """Marks and year groups hang on a calendar: where there is none, it can be made."""
    kinds = {plan.kind for plan in proposal.plans}
    if about.has_calendar or "calendar" in kinds or not kinds & {"marks", "terms"}:
        return
    days = sorted(days_of(proposal, asking.MARKS))
    terms = next((plan.source for plan in proposal.plans if plan.kind == "terms"), None)
    source = proposal.plans[0].source
    span = (days[0], days[-1]) if days else None
    question = asking.calendar(CALENDAR, source, span, terms)
    proposal.asked.append(AskedQuestion(question, True, proposal.answers.get(CALENDAR)))
    if proposal.answers.get(CALENDAR) == asking.NO:
        words = "The school has no calendar yet: set it up first, or bring calendar.csv."
        proposal.problems.append(words)


def days_of(proposal: Proposal, made_of: str | None = None) -> set[date]:
    """The days on which the school met, by its marks or its terms (`calendar_from`)."""
    made_of = made_of or proposal.calendar_from
    found: set[date] = set()
    for plan, segment in proposal.segments:
        if segment.file == "marks.csv" and made_of == asking.MARKS:
            found |= _days_of_marks(segment, plan)
        elif segment.file == "terms.csv" and made_of == asking.TERMS:
            found |= _days_of_terms(segment)
    return found


def _days_of_marks(segment: Segment, plan: TablePlan) -> set[date]:
    """Those that have a mark. A closed day's # is none."""
    make = {one.column: one.make for one in segment.made}
    texts = set()
    for _, cells in segment.rows():
        if len(cells) != len(plan.table.columns):
            continue
        try:
            if make["Code"](cells) not in ("", "-", "#"):
                texts.add(make["Date"](cells))
        except WrongCell:
            continue
    return {date.fromisoformat(text) for text in texts if text}


def _days_of_terms(segment: Segment) -> set[date]:
    """Every weekday of the terms but bank holidays. Training days are taken out by hand."""
    make = {one.column: one.make for one in segment.made}
    found: set[date] = set()
    for _, cells in segment.rows():
        try:
            first, last = (date.fromisoformat(make[name](cells)) for name in ("From", "Until"))
            closed = bank_holidays(make["Academic year"](cells))
        except (WrongCell, ValueError):
            continue
        span = (first + timedelta(number) for number in range(min((last - first).days, 400) + 1))
        found |= {day for day in span if day.weekday() < 5 and day not in closed}
    return found


def _table(plan: TablePlan) -> dict[str, Any]:
    kind = f"{plan.kind}.csv" if plan.kind and f"{plan.kind}.csv" in COLUMNS else None
    return {
        "id": plan.id,
        "source": plan.source,
        "kind": kind,
        "why": plan.why,
        "question": f"kind:{plan.id}",
        "rows": plan.scan.rows,
        "columns": [
            {
                "heading": column.heading,
                "field": column.field,
                "number": column.number,
                "sure": column.sure,
                "samples": plan.scan.samples(column.index),
                "question": f"column:{plan.kind}:{column.plain}",
            }
            for column in plan.assigned.columns
            if column.heading
        ],
        "words": [vars(word) for word in plan.words],
        "notes": plan.notes,
        "problems": plan.problems,
        "previews": [preview(segment, plan) for segment in plan.segments],
        "open": plan.is_open,
    }


def preview(segment: Segment, plan: TablePlan) -> dict[str, Any]:
    """Ten rows as they would become: the line, the cells, and by column what is wrong."""
    rows = []
    for line, cells in plan.scan.first_rows:
        made, wrong = [], {}
        for one in segment.made:
            try:
                made.append(one.make(cells) if len(cells) == len(plan.table.columns) else "")
            except WrongCell as why:
                made.append("")
                wrong[one.column] = str(why)
        rows.append([line, made, wrong])
    return {"file": segment.file, "columns": segment.columns, "rows": rows}


def _question(asked: AskedQuestion) -> dict[str, Any]:
    question = asked.question
    return {
        "id": question.id,
        "source": question.source,
        "about": question.about,
        "words": question.words,
        "choices": [list(choice) for choice in question.choices],
        "suggested": question.suggested,
        "answer": asked.answer,
        "must": asked.must,
        "open": asked.is_open,
    }
