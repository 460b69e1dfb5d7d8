"""Marks that came in late, in the class of the office's Tuesday."""

from datetime import date

from registers.models import HeldMark, User
from tests import factories
from tests.factories.classes import ClassOfPupils
from tests.factories.office import TUESDAY, at


def hold(
    room: ClassOfPupils,
    number: int,
    code: str = "/",
    *,
    made: str = "08:52",
    came: str = "09:25",
    on: date = TUESDAY,
    by: User | None = None,
    **known,
) -> HeldMark:
    """A mark of the pupil with this number that the room's teacher made on a device."""
    return factories.HeldMarkFactory(
        enrolment=room.enrolments[number],
        group=room.group,
        date=on,
        code_id=code,
        made_at=at(made, on),
        arrived_at=at(came, on),
        made_by=by or room.teacher,
        **known,
    )
