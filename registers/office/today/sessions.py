"""The registers of one session of the day, those first that wait for somebody."""

import re
from dataclasses import dataclass
from datetime import datetime

from registers.office.today.queries import Day, RegisterOfDay
from registers.rules.clock import RegisterState
from registers.rules.codes import Half

# What waits for somebody first, what is in order last.
ORDER = (
    RegisterState.OVERDUE,
    RegisterState.INCOMPLETE,
    RegisterState.OPEN,
    RegisterState.DUE,
    RegisterState.NOT_TAKEN,
    RegisterState.BLANKS,
    RegisterState.NOT_YET,
    RegisterState.TAKEN,
    RegisterState.ENDED,
    RegisterState.CLOSED,
    RegisterState.NO_PUPILS,
)
DONE = frozenset({RegisterState.TAKEN, RegisterState.ENDED, RegisterState.CLOSED})


@dataclass(frozen=True, slots=True)
class SessionPart:
    """One session of the day on the page, with its registers in the order of their need."""

    half: Half
    registers: list[RegisterOfDay]
    waiting: list[RegisterOfDay]

    @property
    def can_be_printed(self) -> bool:
        """Whether there is a register of it to take on paper."""
        return any(one.pupils and not one.closed_because for one in self.registers)

    @property
    def print_label(self) -> str:
        return f"Print {self.half.words} on paper"

    @property
    def for_whom(self) -> str:
        """Said after “Print all on paper” to those who do not see where the button stands."""
        return f", {self.half.words}"

    @property
    def done(self) -> int:
        return sum(one.state in DONE for one in self.registers)

    @property
    def pupils(self) -> int:
        return sum(one.pupils for one in self.registers)

    @property
    def marked(self) -> int:
        return sum(one.marks.marked for one in self.registers)

    @property
    def blanks(self) -> int:
        return sum(one.blanks for one in self.registers)

    def all_are(self, *states: RegisterState) -> bool:
        return all(one.state in states for one in self.registers)


def session_parts(day: Day) -> list[SessionPart]:
    """The sessions of the day, each with its registers."""
    return [session_part(day, Half(session.half)) for session in day.sessions]


def session_part(day: Day, half: Half) -> SessionPart:
    registers = sorted(day.of(half), key=lambda one: (ORDER.index(one.state), _by_name(one)))
    return SessionPart(half, registers, [one for one in registers if one.state.needs_somebody])


def _by_name(one: RegisterOfDay) -> list[tuple[bool, int, str]]:
    """7A before 10A: numbers by size."""
    pieces = re.split(r"(\d+)", one.group.name)
    return [(not piece.isdigit(), int(piece) if piece.isdigit() else 0, piece) for piece in pieces]


def register_to_take_now(day: Day, now: datetime) -> RegisterOfDay | None:
    """The register that this person is to take now: the one of the page's large button."""
    waiting = [one for one in day.registers if one.can_be_taken(now)]
    return min(waiting, key=lambda one: ORDER.index(one.state), default=None)
