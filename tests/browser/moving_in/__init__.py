"""A school moves in, in Chromium, with the files that its old system gives it."""
