"""A school's own files, read in: all is checked before anything is written.

The one way in is `import_school`; the command, the demonstration school and the web call it.
"""

from registers.exchange.importing.actions.run import ImportResult, import_school
from registers.exchange.problems.errors import ImportRefused, ImportStopped, Problem

__all__ = ["ImportRefused", "ImportResult", "ImportStopped", "Problem", "import_school"]
