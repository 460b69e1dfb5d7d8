"""A register of thirty, saved by one teacher and by eight at once, each in a process of its own.

A further pair of rounds has eight writers who all do the same. All through the same Django
connection, in a transaction each; without HTTP. Every save is of a register that nobody has saved
before.
"""

import uuid
from functools import partial

from django.db import connection, transaction

from benchmarks.registers.crowd import Times, Works, measure, of_rounds
from benchmarks.registers.usual import BareMark, UsualMark
from benchmarks.timing import Row, ms, must_equal
from benchmarks.trust import TEACHER, TO_COME
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Mark, Membership, Register, Session, User, WeekTally
from registers.register.actions.saving import save_marks

WRITERS = 8
TURNS = {  # what takes turns in a part of a round, and how often in each writer
    "bare": (("bare", "save"), 25),
    "usual": (("usual", "save"), 6),
    "usual at once": (("usual at once", "save"), 6),
    "bare alone": (("bare",), 20),
    "save alone": (("save",), 20),
}
ONE_WRITER = {"bare": (("bare", "save"), 75)}
CODES = ("N", "I", "L", "M")  # every seventh pupil is not simply present


class Room:
    """A register that is open, and what a teacher would write into it."""

    def __init__(self, register: Register, enrolments: list[int]):
        self.register_id, self.session, self.enrolments = register.pk, register.session, enrolments
        self.group_id = register.group_id

    def code(self, place: int) -> str:
        return CODES[place // 7 % 4] if place % 7 == 3 else "\\" if self.session.half else "/"

    def save(self, by: User) -> None:
        day, half = self.session.date, self.session.half
        answer = save_marks(
            register_id=self.register_id,
            changes=[
                MarkChange(MarkKey(pk, day, half), self.code(place), 0)
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

    def usual(self, by: User) -> None:
        """As other products do it: each pupil's mark is a transaction of its own."""
        for place, pk in enumerate(self.enrolments):
            UsualMark.objects.update_or_create(
                enrolment_id=pk,
                session_id=self.session.pk,
                defaults={"code_id": self.code(place), "made_by": by},
            )

    @transaction.atomic
    def usual_at_once(self, by: User) -> None:
        self.usual(by)


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
        room = Room(register, members[register.group_id])
        hands[register.group_id % len(hands)].append(room)
    return hands


def works_of(rooms: list[Room]) -> Works:
    by = User.objects.get(pk=TEACHER)
    return {
        kind: iter([partial(getattr(room, kind.replace(" ", "_")), by) for room in rooms])
        for kind in ("bare", "save", "usual", "usual at once")
    }


def rows(hands: list[list[Room]]) -> list[Row]:
    alone = measure(hands[WRITERS:], ONE_WRITER, works_of)
    crowd = measure(hands[:WRITERS], TURNS, works_of)
    must_add_up()
    words = "save a register of 30, to a bare insert by turns"
    return [
        _row(f"{words}, 1 writer, p50", alone, 0.5, at_most=4),
        _row("the same, 1 writer, p95", alone, 0.95),
        _row("the same, 8 writers, p50", crowd, 0.5),
        _row("the same, 8 writers, p95", crowd, 0.95, at_most=2.5),
        _row("the same, eight who all do the same, p95", crowd, 0.95,
             parts=("save alone", "bare alone")),
        _faster("update_or_create per pupil", crowd, "usual", at_least=6),
        _faster("the same in one transaction", crowd, "usual at once"),
    ]  # fmt: skip


def _row(
    what: str,
    times: Times,
    share: float,
    at_most: float | None = None,
    parts: tuple[str, str] = ("bare", "bare"),
) -> Row:
    save, bare = (
        of_rounds(times[part, kind], share)
        for part, kind in zip(parts, ("save", "bare"), strict=True)
    )
    return Row(what, save / bare, at_most=at_most, shown=ms(save, bare))


def _faster(than: str, times: Times, usual: str, at_least: float | None = None) -> Row:
    theirs, ours = (of_rounds(times[usual, kind], 0.95) for kind in (usual, "save"))
    what = f"the same, 8 writers, p95, faster than {than}"
    return Row(what, theirs / ours, at_least=at_least, shown=ms(theirs, ours))


def must_add_up() -> None:
    must_equal("weekly totals after the saves", _totals_of_tallies(), _totals_of_marks())


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
