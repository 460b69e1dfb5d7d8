"""The queue of letters, a letter by hand, the same for many, what is on its way."""
