"""Why a file cannot be read, in words. No Django in this module."""


class Unreadable(Exception):
    """One file (or one line of it) that is no table; the message is fit to show."""

    def __init__(self, source: str, reason: str, *, line: int = 0):
        self.source, self.reason, self.line = source, reason, line
        super().__init__(f"{source}{f', line {line}' if line else ''}: {reason}")
