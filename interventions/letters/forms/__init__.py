"""Forms of letters: one by hand, the same for several, a decision, a print run."""
