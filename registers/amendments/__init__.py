"""A mark with its history, changing it, one code over a range of days, a group’s week."""
