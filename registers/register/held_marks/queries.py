"""Marks that were made on a device and came in too late: what waits for the office, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from registers.marks.day_sheet import natural
from registers.marks.sources import SOURCES
from registers.models import Group, HeldMark, Mark, School, User
from registers.register.devices import MOST_OFF, clock_in_words
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import CODES, AttendanceCode

DECIDED_FOR = timedelta(days=7)  # how long the page shows what was decided
DECIDED_SHOWN = 60


# --- in words


def time_in_words(at: datetime, on: date) -> str:
    """8:52; with its day where that is not the day of the session."""
    local = timezone.localtime(at)
    clock = f"{local.hour}:{local:%M}"
    return clock if local.date() == on else f"{clock} on {local:%A} {local.day} {local:%B}"


def made_in_words(held: HeldMark) -> str:
    """When the device says that the mark was made."""
    return time_in_words(held.made_at, held.date)


def arrived_in_words(held: HeldMark) -> str:
    return time_in_words(held.arrived_at, held.date)


def waited(held: HeldMark) -> bool:
    """Whether it was made before it came in; a mark that is pressed too late is not."""
    return held.made_at < held.arrived_at


def clock_of_device(held: HeldMark) -> str:
    """4 min fast; a clock that was set meanwhile is off by less and still says nothing."""
    off = timedelta(seconds=held.clock_off)
    return clock_in_words(held.clock_off if abs(off) > MOST_OFF else 0)


def why_in_words(held: HeldMark, window: RegisterWindow) -> str:
    """Why the mark is held."""
    if held.why == HeldMark.Why.ENDED:
        return f"The register had ended at {time_in_words(window.ends_at, held.date)}"
    return f"The device’s clock was {clock_of_device(held)}"


def reason_of(held: HeldMark) -> str:
    """What the register keeps as the reason, once the mark is accepted."""
    if held.why == HeldMark.Why.CLOCK:
        return (
            f"Made on a device by {held.made_by}, came in at {arrived_in_words(held)}: its clock "
            f"was {clock_of_device(held)}."
        )
    made = f"Made on a device at {made_in_words(held)} by {held.made_by}"
    came = f", came in at {arrived_in_words(held)}" if waited(held) else ""
    return f"{made}{came}: the register had ended."


def arrival_in_words(mark: Mark) -> str:
    """How a mark that had waited on a device came in. Without its time where that is not known:
    by a wrong clock it is kept as made when it arrived."""
    if mark.arrived_at is None:
        return ""
    came = f"came in at {time_in_words(mark.arrived_at, mark.date)}"
    if mark.made_at < mark.arrived_at:
        return f"Made on a device at {time_in_words(mark.made_at, mark.date)}, {came}"
    return f"Made on a device, {came}"


# --- the page


def is_ready(held: HeldMark, stands: Mark | None) -> bool:
    """Whether accepting takes nothing from anybody: a blank, the same code, or its maker's own
    earlier mark. By a wrong clock nothing is earlier."""
    if stands is None or stands.code_id == held.code_id:
        return True
    is_own = stands.made_by_id == held.made_by_id
    return is_own and held.why == HeldMark.Why.ENDED and stands.made_at < held.made_at


@dataclass(slots=True)
class HeldLine:
    """A held mark in words."""

    held: HeldMark
    window: RegisterWindow

    @property
    def code(self) -> AttendanceCode:
        return CODES[self.held.code_id]

    @property
    def made(self) -> str:
        return made_in_words(self.held)

    @property
    def arrived(self) -> str:
        return arrived_in_words(self.held)

    @property
    def waited(self) -> bool:
        return waited(self.held)

    @property
    def why(self) -> str:
        return why_in_words(self.held, self.window)


@dataclass(slots=True)
class HeldRow(HeldLine):
    """A mark that waits, beside what stands in the register now."""

    stands: Mark | None = None
    problem: str = ""  # why it could not be accepted just now

    @property
    def name(self) -> str:
        pupil = self.held.enrolment.pupil
        return f"{pupil.forename} {pupil.surname}"

    @property
    def seen(self) -> int:
        return self.stands.version if self.stands else 0

    @property
    def is_ticked(self) -> bool:
        return not self.problem and is_ready(self.held, self.stands)

    @property
    def is_same(self) -> bool:
        return self.stands is not None and self.stands.code_id == self.held.code_id

    @property
    def stands_said(self) -> str:
        """Who made the mark that stands, or how it came to be, and when."""
        if self.stands is None:
            return ""
        who = self.stands.made_by
        made = f"by {who}" if who else SOURCES[Mark.Source(self.stands.source)]
        return f"{made}, {time_in_words(self.stands.made_at, self.held.date)}"


@dataclass(slots=True)
class HeldRegister:
    """The marks of one register that wait."""

    group: Group
    date: date
    half: int
    rows: list[HeldRow] = field(default_factory=list)
    problem: str = ""

    @property
    def key(self) -> str:
        """What the form and the page's anchors call it."""
        return f"{self.group.pk}.{self.date}.{self.half}"

    @property
    def makers(self) -> list[User]:
        return list({row.held.made_by_id: row.held.made_by for row in self.rows}.values())

    @property
    def reasons(self) -> list[str]:
        """Why these marks are held, each reason once."""
        return list(dict.fromkeys(row.why for row in self.rows))

    @property
    def ticked(self) -> int:
        return sum(row.is_ticked for row in self.rows)


def waiting(school: School) -> QuerySet[HeldMark]:
    return HeldMark.objects.filter(group__school=school, decided_at__isnull=True)


def held_registers(school: School) -> list[HeldRegister]:
    """Everything that waits, by register, the latest day first: two statements."""
    rows = list(waiting(school).select_related("enrolment__pupil", "group", "made_by"))
    stand = _standing(rows)
    found: dict[tuple[int, date, int], HeldRegister] = {}
    for row in rows:
        key = (row.group_id, row.date, row.half)
        register = found.setdefault(key, HeldRegister(row.group, row.date, row.half))
        window = register_window(school, row.date, row.half)
        stands = stand.get((row.enrolment_id, row.date, row.half))
        register.rows.append(HeldRow(row, window, stands))
    for register in found.values():
        register.rows.sort(key=_in_order)
    in_groups = sorted(found.values(), key=lambda register: natural(register.group.name))
    return sorted(in_groups, key=lambda register: (register.date, register.half), reverse=True)


def _in_order(row: HeldRow) -> tuple:
    pupil = row.held.enrolment.pupil
    return (pupil.sort_key, pupil.pk, row.held.made_at, row.held.pk)


def _standing(rows: Sequence[HeldMark]) -> dict[tuple[int, date, int], Mark]:
    if not rows:
        return {}
    marks = Mark.objects.filter(
        enrolment__in={row.enrolment_id for row in rows}, date__in={row.date for row in rows}
    ).select_related("made_by")
    return {(mark.enrolment_id, mark.date, mark.half): mark for mark in marks}


def recently_decided(school: School, now: datetime) -> list[HeldMark]:
    """What was decided in the last seven days, the latest first."""
    found = HeldMark.objects.filter(group__school=school, decided_at__gte=now - DECIDED_FOR)
    return list(
        found.select_related("enrolment__pupil", "group", "made_by", "decided_by").order_by(
            "-decided_at", "-pk"
        )[:DECIDED_SHOWN]
    )


# --- elsewhere


def waiting_by_school(schools: Iterable[int], today: date) -> dict[int, int]:
    """How many wait in each of these schools: one statement for all of them."""
    rows = HeldMark.objects.filter(
        group__school__in=list(schools), decided_at__isnull=True, date__lte=today
    ).order_by()
    return dict(rows.values_list("group__school").annotate(Count("pk")))


def of_session(enrolment_id: int, on: date, half: int) -> list[HeldMark]:
    """The held marks of one pupil and session that wait or were left out."""
    found = HeldMark.objects.filter(enrolment=enrolment_id, date=on, half=half)
    undone = found.exclude(accepted=True).select_related("made_by", "decided_by")
    return list(undone.order_by("made_at", "pk"))
