"""Where each pupil stands, kept whenever it moves."""
