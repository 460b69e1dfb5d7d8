"""The files of the layout as the page of a new import lists them."""

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registers.exchange.layout.files import COLUMNS, MAY_BE_EMPTY

ABOUT = {
    "school.csv": "The school itself, in one row. Without it the school’s details stand in.",
    "calendar.csv": "A row for each session of the years that it names.",
    "terms.csv": "The half terms by name.",
    "pupils.csv": "A row for each pupil and spell on the roll, with one contact.",
    "contacts.csv": "Every contact of each pupil.",
    "characteristics.csv": "SEN, FSM, EAL and looked after, with their days.",
    "groups.csv": "Registration groups, year groups, teaching groups and trips, with their days.",
    "staff.csv": "Colleagues with their roles and registration groups.",
    "marks.csv": "The marks of past sessions.",
    "prior_attendance.csv": "Attendance at the school before, of pupils who are new.",
}


@dataclass(frozen=True, slots=True)
class LayoutFileLine:
    """One file: its name, what it is about, its columns with those in bold that every row fills."""

    file: str

    @property
    def template(self) -> str:
        return self.file.removesuffix(".csv")

    @property
    def about(self) -> str:
        return ABOUT.get(self.file, "")

    @property
    def columns(self) -> SafeString:
        return format_html_join(", ", "{}", ((self._column(name),) for name in COLUMNS[self.file]))

    def _column(self, name: str) -> str:
        if name in MAY_BE_EMPTY[self.file]:
            return name
        return format_html("<strong>{}</strong>", name)


def layout_file_lines() -> list[LayoutFileLine]:
    return [LayoutFileLine(file) for file in COLUMNS]
