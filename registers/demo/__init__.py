"""An invented secondary school that feels real, made from a seed. No Django in this package.

    make_school(until=…)  →  School  →  write_folder(school, folder)  →  the import

See docs/building/demo-school.md.
"""

from registers.demo.school import School, make_school
from registers.demo.writer import write_folder

__all__ = ["School", "make_school", "write_folder"]
