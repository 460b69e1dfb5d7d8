"""How a session cell looks, by the code in it: the classes that draw it."""

from registers.rules.codes import AttendanceCode, Category, Counts

SHAPES = {
    Counts.ATTENDED: "is-present",
    Counts.AUTHORISED: "is-authorised",
    Counts.UNAUTHORISED: "is-unauthorised",
    Counts.NOT_POSSIBLE: "is-not-possible",
}


UNSETTLED = "N"  # an absence whose reason is not known yet


def shape_of(code: AttendanceCode) -> str:
    """The classes that draw the code: darkness is absence, a foot bar came late."""
    if code.category is Category.OUTSIDE:
        return "is-closed"
    if code.symbol == UNSETTLED:
        return "is-unsettled"
    if code.late:
        return "is-late" if code.attended else "is-unauthorised is-late-absent"
    if code.category is Category.APPROVED_ACTIVITY and code.attended:
        return "is-activity"
    return SHAPES[code.counts]
