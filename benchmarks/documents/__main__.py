"""`./rollbook bench --documents`: letters and packs. Needs no database.

Exit code 0 even when a goal is missed, which the table says; 1 when a document is wrong.
"""

import os
import sys

import django

from benchmarks.timing import WrongAnswerError, table


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attendance_site.settings")
    django.setup()
    from benchmarks.documents import drawing

    try:
        print(table(drawing.rows()))
    except WrongAnswerError as wrong:
        print(f"A wrong document, so no figures: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
