"""What is true of a pupil for a time: special needs, free school meals and the like."""
