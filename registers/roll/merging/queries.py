"""Where a pupil's address leads who was merged into another."""

from registers.models import Pupil, School


def stands_for(school: School | None, pupil_id: int) -> Pupil | None:
    """The pupil whom this one is part of now; None for one who was never merged, or is unknown."""
    merged = Pupil.everything.filter(school=school, pk=pupil_id, merged_into__isnull=False)
    pupil = merged.select_related("merged_into").first()
    while pupil and pupil.merged_into:
        pupil = pupil.merged_into
    return pupil
