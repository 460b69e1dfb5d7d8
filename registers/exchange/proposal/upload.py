"""All tables of an upload → what Rollbook takes them for, and what it must ask. No Django.

The same tables with the same answers give the same proposal: a page keeps only files and answers.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from registers.exchange.map import asking
from registers.exchange.map.dates import DateEvidence
from registers.exchange.map.segments import Segment
from registers.exchange.proposal.days import days_of
from registers.exchange.proposal.look import AboutSchool, AskedQuestion
from registers.exchange.proposal.shown import question_as_json, table_as_json
from registers.exchange.proposal.table import TablePlan
from registers.exchange.questions import Answers, Question
from registers.exchange.read import Reading

ENTRY, CALENDAR = "entry", "calendar"
NO_CALENDAR = "The school has no calendar yet: set it up first, or bring calendar.csv."


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

    def ask(self, question: Question, *, taken: bool = True) -> None:
        """What is asked of all files together, and must be answered; an answer that cannot be
        `taken` is none."""
        answer = self.answers.get(question.id) if taken else None
        self.asked.append(AskedQuestion(question, True, answer))

    @property
    def all_asked(self) -> list[AskedQuestion]:
        """Every question once, with its answer, also those that Rollbook knows by itself."""
        found: dict[str, AskedQuestion] = {}
        for asked in chain(*(plan.asked for plan in self.plans), self.asked):
            if asked.must or asked.question.id not in found:
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
        with suppress(ValueError):
            return date.fromisoformat(self.answers.get(ENTRY, ""))
        return None

    @property
    def calendar_from(self) -> str | None:
        """What the calendar is made of, marks or terms; None where that is not wanted."""
        said = self.answers.get(CALENDAR)
        return said if said in (asking.MARKS, asking.TERMS) else None

    def days_met(self, made_of: str | None) -> set[date]:
        """The days on which the school met, by its marks or its terms."""
        return days_of((segment for _, segment in self.segments), made_of)

    def to_json(self) -> dict[str, Any]:
        """As plain values, for a page that a worker prepared."""
        return {
            "tables": list(map(table_as_json, self.plans)),
            "questions": list(map(question_as_json, self.all_asked)),
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
    _find_out(plans)
    problems = [*map(str, reading.problems), *chain.from_iterable(map(_lacking, plans))]
    proposal = Proposal(reading, plans, answers, problems=problems, notes=list(reading.notes))
    for question in reading.questions:
        proposal.ask(question)
    _ask_for_entry(proposal, about)
    if _lacks_calendar(proposal, about):
        _ask_for_calendar(proposal)
    return proposal


def _lacking(plan: TablePlan) -> list[str]:
    return [f"{plan.source} {why}" for why in plan.problems]


def _find_out(plans: Sequence[TablePlan]) -> None:
    """Files of one report write their dates in one way: what one says of them helps the others."""
    evidence: dict[str, DateEvidence] = defaultdict(DateEvidence)
    for plan in plans:
        plan.look()
        _pool(evidence[plan.id], plan.evidence())
    for plan in plans:
        plan.settle(evidence[plan.id])


def _pool(together: DateEvidence, one: DateEvidence) -> None:
    together.only = one.only | together.only
    together.open = together.open or one.open
    together.serial = together.serial or one.serial


def _ask_for_entry(proposal: Proposal, about: AboutSchool) -> None:
    """Since when new pupils are on the roll, where no table says it."""
    entered = set[str]().union(*(plan.upns_with_entry() for plan in proposal.plans))
    without = [plan for plan in proposal.plans if plan.new_pupils_without_entry(entered)]
    if without:
        question = asking.entry(ENTRY, without[0].source, about.year_starts_on, about.today)
        proposal.ask(question, taken=bool(proposal.default_entry))


def _lacks_calendar(proposal: Proposal, about: AboutSchool) -> bool:
    """Marks and year groups hang on a calendar: where there is none, it can be made."""
    kinds = {plan.kind for plan in proposal.plans}
    return not about.has_calendar and "calendar" not in kinds and bool(kinds & {"marks", "terms"})


def _ask_for_calendar(proposal: Proposal) -> None:
    days = sorted(proposal.days_met(asking.MARKS))
    terms = [plan.source for plan in proposal.plans if plan.kind == "terms"]
    span = (days[0], days[-1]) if days else None
    source = proposal.plans[0].source
    proposal.ask(asking.calendar(CALENDAR, source, span, next(iter(terms), None)))
    if proposal.answers.get(CALENDAR) == asking.NO:
        proposal.problems.append(NO_CALENDAR)
