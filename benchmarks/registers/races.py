"""A thousand times eight people write the same mark at the same moment; what the history says.

Eight processes wait for one another before each race. A race has a mark of its own version, so
that the races of one mark follow one another and all but its first leave an amendment.
"""

import uuid
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from multiprocessing import get_context

from django.db import connections

from benchmarks.timing import Row, must_equal
from benchmarks.trust import TEACHER, TO_COME
from registers.marks.changes import MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import Amendment, Mark, Membership, Register, Session, User, WeekTally
from registers.register.actions.saving import save_marks
from registers.rules.codes import CODES as CODE_TABLE

RACES, WRITERS, MARKS = 1_000, 8, 20
CODES = (("N", "I", "M", "L", "G", "O", "U", "E"), ("/", "C", "S", "R", "T", "P", "V", "W"))
LOST, CONFLICT, SAVED = "lost", "conflict", "saved"


def rows() -> list[Row]:
    register = _open_register()
    members = list(
        Membership.objects.filter(group=register.group_id)
        .order_by("enrolment")
        .values_list("enrolment", flat=True)[:MARKS]
    )
    told = _race(register, members)
    winners = Counter(
        n for of_writer in told for n, (what, _) in enumerate(of_writer) if what == SAVED
    )
    alone = sum(winners[n] == 1 for n in range(RACES))
    _history_says_the_same(members, told)
    lost = sum(what == LOST for of_writer in told for what, _ in of_writer)
    return [
        Row("1,000 races of 8 on one mark: races without exactly one winner", RACES - alone,
            at_most=0, shown=f"{alone:,} of {RACES:,} with one"),
        Row("the same: changes lost without their writer being told", lost, at_most=0,
            shown=f"{sum(map(len, told)):,} saves"),
    ]  # fmt: skip


def _open_register() -> Register:
    """The last session of the calendar, in the last school: no other measurement writes into it."""
    session = Session.objects.filter(date=TO_COME[-1], half=0).order_by("school").last()
    group = Membership.objects.filter(group__school=session.school_id).latest("group").group_id
    return Register.objects.get_or_create(group_id=group, session=session)[0]


def _race(register: Register, members: list[int]) -> list[list[tuple[str, str]]]:
    """For each writer, race by race, whether the save was taken and with which code."""
    fork = get_context("fork")
    barrier, answers = fork.Barrier(WRITERS), fork.Queue()
    connections.close_all()
    processes = [
        fork.Process(target=_run, args=(n, register, members, barrier, answers), daemon=True)
        for n in range(WRITERS)
    ]
    for process in processes:
        process.start()
    told = [answers.get(timeout=300) for _ in processes]
    for process in processes:
        process.join()
    for answer in told:
        if isinstance(answer, BaseException):
            raise answer
    return told


def _run(writer: int, register: Register, members: list[int], barrier, answers) -> None:
    try:
        by = User.objects.get(pk=TEACHER)
        answers.put([_save(writer, race, register, members, barrier, by) for race in range(RACES)])
    except BaseException as failure:
        barrier.abort()
        answers.put(failure)
    finally:
        connections.close_all()


def _save(writer, race, register, members, barrier, by) -> tuple[str, str]:
    turn, place = divmod(race, len(members))
    code = CODES[turn % 2][writer]
    key = MarkKey(members[place], register.session.date, register.session.half)
    barrier.wait(timeout=60)
    answer = save_marks(
        register_id=register.pk,
        changes=[MarkChange(key, code, turn)],
        save_key=uuid.uuid4(),
        by=by,
        today=TO_COME[-1],
    )
    return SAVED if answer.saved else CONFLICT if answer.conflicts else LOST, code


def _history_says_the_same(members: list[int], told) -> None:
    """Each mark's amendments are its winners in their order, its total and its seal are right."""
    for place, enrolment in enumerate(members):
        won = [
            code
            for race in range(place, RACES, len(members))
            for what, code in (of_writer[race] for of_writer in told)
            if what == SAVED
        ]
        mark = Mark.objects.get(enrolment=enrolment, date=TO_COME[-1], half=0)
        must_equal("the mark that stands after the races", mark.code_id, won[-1])
        history = Amendment.objects.filter(enrolment=enrolment, date=TO_COME[-1])
        must_equal(
            "the amendments after the races",
            list(history.order_by("version").values_list("code_before", "code_after")),
            list(pairwise(won)),
        )
        tally = WeekTally.objects.filter(enrolment=enrolment).latest("monday")
        must_equal(
            "the weekly total after the races",
            (tally.attended, tally.authorised, tally.unauthorised, tally.late),
            _counted(enrolment, tally.monday),
        )
    seals = list(broken_seals(mark.enrolment.school, enrolments=members))
    must_equal("the seals after the races", seals, [])


def _counted(enrolment: int, monday: date) -> tuple[int, int, int, int]:
    """The week counted mark by mark: earlier measurements may have written in it too."""
    sunday = monday + timedelta(days=6)
    codes = Mark.objects.filter(enrolment=enrolment, date__range=(monday, sunday)).values_list(
        "code", flat=True
    )
    found = [CODE_TABLE[symbol] for symbol in codes]
    return (
        sum(code.attended for code in found),
        sum(code.authorised for code in found),
        sum(code.unauthorised for code in found),
        sum(code.late for code in found),
    )
