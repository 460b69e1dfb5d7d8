"""Where a pupil's address leads who was merged into another."""

from registers.models import Pupil, School


def stands_for(school: School | None, pupil_id: int) -> Pupil | None:
    """The pupil whom this one is part of now; None for one who was never merged, or is unknown."""
    row = Pupil.everything.filter(school=school, pk=pupil_id, merged_into__isnull=False).first()
    while row is not None and row.merged_into is not None:
        row = row.merged_into
    return row
