"""Groups with their pupils and tutors; the year group of every pupil."""
