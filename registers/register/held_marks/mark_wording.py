"""What is said of one mark that came in too late, or by a wrong clock: when it was made and why it
is held; what the register keeps of it.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

from registers.models import HeldMark, Mark
from registers.register.devices import MOST_OFF, clock_in_words
from registers.rules.clock import RegisterWindow
from registers.rules.wording import clock_time


def time_in_words(at: datetime, on: date) -> str:
    """8:52; with its day where that is not the day of the session."""
    local = timezone.localtime(at)
    clock = clock_time(local)
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


def decided_in_words(held: HeldMark) -> str:
    """Of one that is decided: by whom, and when."""
    decided = "accepted" if held.accepted else "left out"
    at = timezone.localtime(held.decided_at)
    return f"{decided} by {held.decided_by} at {time_in_words(at, held.date)}"
