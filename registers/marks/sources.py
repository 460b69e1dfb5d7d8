"""How a mark came to be, in words."""

from registers.models import Mark

SOURCES = {
    Mark.Source.REGISTER: "taken in the register",
    Mark.Source.LATE_DESK: "late desk",
    Mark.Source.OFFICE: "entered by the office",
    Mark.Source.PLAN: "planned beforehand",
    Mark.Source.IMPORT: "brought in with the school’s files",
    Mark.Source.CLOSURE: "school closed",
    Mark.Source.CLOCK: "set by the clock",
}
