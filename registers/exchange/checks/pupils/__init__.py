"""pupils.csv: whose row a row is, what it does not say, when each pupil is on the roll."""
