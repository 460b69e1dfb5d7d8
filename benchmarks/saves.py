"""A register of thirty, saved by one teacher and by eight at once, each in a process of its own.

Yardstick and save take turns within each writer, so that both meet the same crowd; a further pair
of rounds has eight writers who all do the same. All through the same Django connection, in a
transaction each; without HTTP. Every save is of a register that nobody has saved before.
"""

import gc
import uuid
from collections.abc import Callable
from itertools import chain, islice
from multiprocessing import get_context
from statistics import median

from django.db import connection, connections, transaction

from benchmarks.timing import Row, ms, must_equal, percentile, seconds
from benchmarks.trust import TEACHER, TO_COME
from benchmarks.usual import BareMark, UsualMark
from registers.actions.saving import save_marks
from registers.actions.writing import Change, MarkKey
from registers.models import Mark, Membership, Register, Session, User, WeekTally

WRITERS = 8
ROUNDS = 3
TURNS = {  # what takes turns in a part of a round, and how often in each writer
    "bare": (("bare", "save"), 25),
    "usual": (("usual", "save"), 6),
    "bare alone": (("bare",), 20),
    "save alone": (("save",), 20),
}
ONE_WRITER = {"bare": (("bare", "save"), 75)}
WARM = 5
CODES = ("N", "I", "L", "M")  # every seventh pupil is not simply present


Times = dict[tuple[str, str], list[list[float]]]


class Room:
    """A register that is open, and what a teacher would write into it."""

    def __init__(self, register_id: int, session: Session, enrolments: list[int]):
        self.register_id, self.session, self.enrolments = register_id, session, enrolments

    def code(self, place: int) -> str:
        return CODES[place // 7 % 4] if place % 7 == 3 else "\\" if self.session.half else "/"

    def save(self, by: User) -> None:
        day, half = self.session.date, self.session.half
        answer = save_marks(
            register_id=self.register_id,
            changes=[
                Change(MarkKey(pk, day, half), self.code(place), 0)
                for place, pk in enumerate(self.enrolments)
            ],
            save_key=uuid.uuid4(),
            by=by,
            today=TO_COME[-1],
        )
        if len(answer.saved) != len(self.enrolments):
            raise RuntimeError(f"a save was not taken: {answer.refused[:1]}")

    @transaction.atomic
    def bare(self, by: User) -> None:
        day, half = self.session.date, self.session.half
        BareMark.objects.bulk_create(
            BareMark(
                enrolment_id=pk, date=day, half=half, code=self.code(place), version=1, source=1,
                made_by=by.pk, made_at=by.date_joined,
            )
            for place, pk in enumerate(self.enrolments)
        )  # fmt: skip

    @transaction.atomic
    def usual(self, by: User) -> None:
        for place, pk in enumerate(self.enrolments):
            UsualMark.objects.update_or_create(
                enrolment_id=pk,
                session_id=self.session.pk,
                defaults={"code_id": self.code(place), "made_by": by},
            )


def open_rooms() -> list[list[Room]]:
    """All registers of the days to come, opened; dealt out to the writers group by group."""
    sessions = list(Session.objects.filter(date__gte=TO_COME[0], school=1).order_by("date", "half"))
    members: dict[int, list[int]] = {}
    rows = Membership.objects.filter(group__school=1).order_by("enrolment")
    for group, enrolment in rows.values_list("group_id", "enrolment_id"):
        members.setdefault(group, []).append(enrolment)
    hands: list[list[Room]] = [[] for _ in range(WRITERS + 1)]  # the last for who writes alone
    registers = Register.objects.bulk_create(
        Register(group_id=group, session=session) for session in sessions for group in members
    )
    for register in registers:
        room = Room(register.pk, register.session, members[register.group_id])
        hands[register.group_id % len(hands)].append(room)
    return hands


def _write(rooms: list[Room], turns: dict, barrier, answers) -> None:
    try:
        answers.put(_rounds(rooms, turns, barrier))
    except BaseException as failure:
        barrier.abort()
        answers.put(failure)
    finally:
        connections.close_all()


def _rounds(rooms: list[Room], turns: dict, barrier) -> Times:
    """For each part and kind, round by round, this writer's seconds."""
    by = User.objects.get(pk=TEACHER)
    unused = {kind: iter(rooms) for kind in ("bare", "save", "usual")}
    times: Times = {(part, kind): [] for part, (kinds, _) in turns.items() for kind in kinds}
    for kind, mine in unused.items():
        for room in islice(mine, WARM):
            getattr(room, kind)(by)
    gc.collect()
    for _ in range(ROUNDS):
        for part, (kinds, count) in turns.items():
            barrier.wait()
            taken = [
                [_time(getattr(next(unused[kind]), kind), by) for kind in kinds]
                for _ in range(count)
            ]
            for kind, of_kind in zip(kinds, zip(*taken, strict=True), strict=True):
                times[part, kind].append(list(of_kind))
    return times


def _time(work: Callable[[User], None], by: User) -> float:
    return seconds(lambda: work(by))


def measure(hands: list[list[Room]], turns: dict) -> Times:
    """For each part and kind the rounds' times, of all writers together."""
    fork = get_context("fork")
    barrier, answers = fork.Barrier(len(hands)), fork.Queue()
    connections.close_all()
    processes = [
        fork.Process(target=_write, args=(rooms, turns, barrier, answers), daemon=True)
        for rooms in hands
    ]
    for process in processes:
        process.start()
    given = [answers.get(timeout=300) for _ in processes]
    for process in processes:
        process.join()
    for answer in given:
        if isinstance(answer, BaseException):
            raise answer
    return {
        what: [[*chain(*(times[what][n] for times in given))] for n in range(ROUNDS)]
        for what in given[0]
    }


def of_rounds(rounds: list[list[float]], share: float) -> float:
    """The median of the rounds' percentiles, so that one noisy minute does not speak for all."""
    return median(percentile(times, share) for times in rounds)


def rows() -> list[Row]:
    hands = open_rooms()
    alone = measure(hands[WRITERS:], ONE_WRITER)
    crowd = measure(hands[:WRITERS], TURNS)
    must_equal("weekly totals after the saves", _totals_of_tallies(), _totals_of_marks())
    p50 = {what: of_rounds(times, 0.5) for what, times in alone.items()}
    p95 = {what: of_rounds(times, 0.95) for what, times in crowd.items()}
    save, bare = p50["bare", "save"], p50["bare", "bare"]
    return [
        _row("by turns with a bare insert, p95", p95["bare", "save"], p95["bare", "bare"], 2.5),
        _row("eight who all do the same, p95", p95["save alone", "save"],
             p95["bare alone", "bare"]),
        Row("the same, 1 writer, p50", save / bare, at_most=4, shown=ms(save, bare)),
        Row("the same, 8 writers, p95, faster than update_or_create per pupil",
            p95["usual", "usual"] / p95["usual", "save"], at_least=6,
            shown=ms(p95["usual", "usual"], p95["usual", "save"])),
    ]  # fmt: skip


def _row(what: str, save: float, bare: float, at_most: float | None = None) -> Row:
    words = f"save a register of 30, 8 writers, {what}"
    return Row(words, save / bare, at_most=at_most, shown=ms(save, bare))


def _totals_of_tallies() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT SUM(attended), SUM(authorised), SUM(unauthorised), SUM(late)"
            f" FROM {WeekTally._meta.db_table} WHERE monday >= %s",
            [str(TO_COME[0])],
        )
        return list(cursor.fetchone())


def _totals_of_marks() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT SUM(attended), SUM(authorised), SUM(unauthorised), SUM(late)"
            f" FROM {Mark._meta.db_table} JOIN registers_code ON symbol = code WHERE date >= %s",
            [str(TO_COME[0])],
        )
        return list(cursor.fetchone())
