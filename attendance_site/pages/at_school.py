"""A school on the first page: what the person is there, what waits, where it leads."""

from dataclasses import dataclass, field

from interventions.log import next_steps
from interventions.models import Night
from registers.models import Appointment, School

NO_STEPS = next_steps.StepCounts(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to go to: what it is, what waits there, the words of its button."""

    what: str
    why: str
    button: str
    url: str
    urgent: bool = False
    is_set_up: bool = False
    is_first: bool = False  # of all that the page has

    @property
    def button_class(self) -> str:
        return "btn btn-sm btn-primary" if self.is_first else "btn btn-sm"


@dataclass
class AtSchool:
    """A school on the first page: what the person is there, and what leads them on."""

    school: School
    appointments: list[Appointment]
    waiting: int = 0
    held_marks: int = 0
    night: Night | None = None
    steps: next_steps.StepCounts = NO_STEPS
    tasks: list[Task] = field(default_factory=list)

    @property
    def positions(self) -> list[str]:
        """What the person is here, each once: two roles may have one position."""
        return list(dict.fromkeys(held.named_position for held in self.appointments))

    @property
    def problems(self) -> int:
        """What the last night left to look at."""
        return len(self.night.problems) if self.night else 0

    @property
    def last_night_failed(self) -> bool:
        return self.night is not None and self.night.state == Night.State.FAILED

    @property
    def is_to_be_set_up(self) -> bool:
        """Whether the person is the one to do it, and it is not done."""
        return self.school.set_up_at is None and any(task.is_set_up for task in self.tasks)

    @property
    def is_quiet(self) -> bool:
        """Nothing that the person may see waits for anybody."""
        return not (self.steps.overdue or self.waiting or self.held_marks or self.problems)

    @property
    def waits(self) -> bool:
        return self.is_to_be_set_up or not self.is_quiet
