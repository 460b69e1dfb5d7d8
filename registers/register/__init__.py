"""The page of one class register: taken, saved as it is taken, ended, completed."""
