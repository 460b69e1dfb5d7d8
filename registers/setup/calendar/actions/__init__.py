"""An academic year, written as one."""
