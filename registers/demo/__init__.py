"""An invented secondary school that feels real, made from a seed. No Django in this package.

    make_school(until=…)  →  DemoSchool  →  write_folder(school, folder)  →  the import

See docs/building/demo-school.md.
"""

from registers.demo.school import DemoSchool, make_school
from registers.demo.writer import write_folder

__all__ = ["DemoSchool", "make_school", "write_folder"]
