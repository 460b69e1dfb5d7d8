"""The year group of every pupil in an academic year, and moving everybody up."""
