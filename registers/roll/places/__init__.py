"""Where a pupil is on the roll: the year group and the registration group of each time."""
