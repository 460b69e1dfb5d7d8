"""Whether a family has been told of the meeting about its child, as it stands now."""

from enum import Enum

from interventions.models import Panel, PanelCase
from interventions.rules.letter_states import LetterState


class InvitationState(Enum):
    """What the invitation of a case is; one that is decided or taken off needs none."""

    NOT_NEEDED = "not needed"
    MISSING = "missing"
    OUTDATED = "outdated"  # dropped, or of another day, time or place
    UP_TO_DATE = "up to date"

    @property
    def is_to_be_written(self) -> bool:
        return self in (InvitationState.MISSING, InvitationState.OUTDATED)


def told_of(case: PanelCase, panel: Panel) -> dict[str, str]:
    """What a family must have been told of the meeting, as an invitation keeps it."""
    return {"on": panel.on.isoformat(), "at": f"{case.at:%H:%M}", "place": panel.place}


def invitation_state(case: PanelCase, panel: Panel) -> InvitationState:
    if case.is_withdrawn or case.is_decided:
        return InvitationState.NOT_NEEDED
    if case.letter is None:
        return InvitationState.MISSING
    is_told = told_of(case, panel).items() <= case.letter.details.items()
    if is_told and case.letter.state != LetterState.DROPPED.value:
        return InvitationState.UP_TO_DATE
    return InvitationState.OUTDATED
