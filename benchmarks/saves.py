"""A register of thirty, saved by one teacher and by eight at once, each in a process of its own.

Three kinds take turns, round by round, and no kind runs while another does: the bare insert, the
save, and `update_or_create` per pupil on the usual table. All through the same Django connection,
in a transaction each; without HTTP. Every save is of a register that nobody has saved before.
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
from registers.actions.registers import save_marks
from registers.actions.writing import Change, MarkKey
from registers.models import Mark, Membership, Register, Session, User, WeekTally

WRITERS = 8
ROUNDS = 3
EACH = {1: {"bare": 70, "save": 70, "usual": 10}, WRITERS: {"bare": 30, "save": 30, "usual": 6}}
WARM = 5
CODES = ("N", "I", "L", "M")  # every seventh pupil is not simply present


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


def _write(rooms: list[Room], counts: dict[str, int], barrier, answers) -> None:
    try:
        answers.put(_rounds(rooms, counts, barrier))
    except BaseException as failure:
        barrier.abort()
        answers.put(failure)
    finally:
        connections.close_all()


def _rounds(rooms: list[Room], counts: dict[str, int], barrier) -> dict[str, list[list[float]]]:
    by = User.objects.get(pk=TEACHER)
    unused = {kind: iter(rooms) for kind in counts}
    times: dict[str, list[list[float]]] = {kind: [] for kind in counts}
    for kind in counts:
        for room in islice(unused[kind], WARM):
            getattr(room, kind)(by)
    gc.collect()
    for _ in range(ROUNDS):
        for kind, count in counts.items():
            barrier.wait()
            these = islice(unused[kind], count)
            times[kind].append([_time(getattr(room, kind), by) for room in these])
    return times


def _time(work: Callable[[User], None], by: User) -> float:
    return seconds(lambda: work(by))


def measure(hands: list[list[Room]], writers: int) -> dict[str, list[list[float]]]:
    """For each kind the rounds' times, of all writers together."""
    fork = get_context("fork")
    barrier, answers = fork.Barrier(writers), fork.Queue()
    connections.close_all()
    processes = [
        fork.Process(target=_write, args=(rooms, EACH[writers], barrier, answers), daemon=True)
        for rooms in hands[:writers]
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
        kind: [[*chain(*(times[kind][n] for times in given))] for n in range(ROUNDS)]
        for kind in EACH[writers]
    }


def of_rounds(rounds: list[list[float]], share: float) -> float:
    """The median of the rounds' percentiles, so that one noisy minute does not speak for all."""
    return median(percentile(times, share) for times in rounds)


def rows() -> list[Row]:
    hands = open_rooms()
    alone = measure(hands[WRITERS:], 1)
    crowd = measure(hands[:WRITERS], WRITERS)
    must_equal("weekly totals after the saves", _totals_of_tallies(), _totals_of_marks())
    p50 = {kind: of_rounds(times, 0.5) for kind, times in alone.items()}
    p95 = {kind: of_rounds(times, 0.95) for kind, times in crowd.items()}
    return [
        Row(
            "save a register of 30, 8 writers, p95, to a bare insert",
            p95["save"] / p95["bare"], at_most=2.5, shown=ms(p95["save"], p95["bare"]),
        ),
        Row(
            "the same, 1 writer, p50",
            p50["save"] / p50["bare"], at_most=4, shown=ms(p50["save"], p50["bare"]),
        ),
        Row(
            "the same, 8 writers, p95, faster than update_or_create per pupil",
            p95["usual"] / p95["save"], at_least=6, shown=ms(p95["usual"], p95["save"]),
        ),
    ]  # fmt: skip


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
