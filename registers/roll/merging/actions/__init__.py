"""Merge two pupils that are one child, and undo it within a day.

The register's past is append-only, so nothing of it is moved or taken away. Times on the roll that
overlap are entered by mistake, as two: both become void (`registers.models.on_roll`) and keep
their marks, their history and their seal; a new time on the roll takes their place, with the marks
of both as late entries that name the merge. The undo makes that one void and the two of before
count again, mark for mark as they stood. Times that do not overlap go over to the pupil who
stands, as they are.

Everything else that hangs on the two (groups, contacts, plans, letters, the log) goes over by its
foreign key and is written down in `PupilMerge.moved`, from which the undo puts it back.
"""

from registers.roll.merging.actions.both import SideBySide, look_at_both
from registers.roll.merging.actions.merge import merge_pupils
from registers.roll.merging.actions.undo import UNDO_FOR, undo_merge, why_not_undo

__all__ = ["UNDO_FOR", "SideBySide", "look_at_both", "merge_pupils", "undo_merge", "why_not_undo"]
