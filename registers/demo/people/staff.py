"""The people who work at the invented school."""

from dataclasses import dataclass
from random import Random

from registers.demo.people.names import draw_culture, draw_forename, draw_surname, user_part

DOMAIN = "ellerwick.example"
NAMED = (
    ("Mrs R. Adeyemi-Clarke", "Headteacher", "slt"),
    ("Mr P. Thornhill", "Deputy Headteacher", "slt"),
    ("Ms S. Begum-Hartley", "Deputy Headteacher", "slt"),
    ("Tom Brannigan", "Attendance Officer", "attendance_officer"),
    ("Dee Callaghan", "Attendance Officer", "attendance_officer"),
    ("Ms I. Lindqvist", "Designated Safeguarding Lead", "safeguarding_lead"),
    ("Ms F. Owusu", "Office Manager", "office"),
    ("Kath Micklethwaite", "Receptionist", "office"),
    ("Mr J. Ferreira", "Data Manager", "administrator"),
)
POSITIONS = (
    (3, "Assistant Headteacher", "slt"),
    (2, "School Administrator", "office"),
)
TEACHERS_PER_PUPIL = 0.056
SUBJECTS = [
    "English",
    "Mathematics",
    "Science",
    "History",
    "Geography",
    "Art",
    "Music",
    "Physical Education",
    "Computing",
    "Religious Studies",
    "French",
    "Spanish",
    "Design and Technology",
    "Drama",
]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One row of staff.csv; `registration_group` is empty for those who are no tutors."""

    username: str
    name: str
    position: str
    role: str
    registration_group: str

    @property
    def email(self) -> str:
        return f"{self.username}@{DOMAIN}"


def draw_staff(rng: Random, *, pupils: int, registration_groups: list[str]) -> list[StaffMember]:
    """The named, the other leaders and office, a tutor for each group, and other teachers."""
    taken: set[str] = set()
    staff = [_member(name, position, role, "", taken) for name, position, role in NAMED]
    for count, position, role in POSITIONS:
        staff += [_member(_name(rng), position, role, "", taken) for _ in range(count)]
    others = max(2, round(pupils * TEACHERS_PER_PUPIL) - len(registration_groups))
    for group in registration_groups + [""] * others:
        position = f"Teacher of {rng.choice(SUBJECTS)}"
        staff.append(_member(_name(rng), position, "teacher", group, taken))
    return staff


def _name(rng: Random) -> str:
    culture = draw_culture(rng)
    title = rng.choices(("Mr", "Ms", "Mrs", "Miss", "Dr"), (40, 24, 18, 14, 4))[0]
    forename = draw_forename(rng, culture, "M" if title == "Mr" else "F")
    return f"{title} {forename[0]}. {draw_surname(rng, culture)}"


def _member(name: str, position: str, role: str, group: str, taken: set[str]) -> StaffMember:
    words = [word for word in name.split() if word not in {"Mr", "Ms", "Mrs", "Miss", "Dr"}]
    wanted = username = user_part(words[0][0], "".join(words[1:]))
    number = 2
    while username in taken:
        username, number = f"{wanted}{number}", number + 1
    taken.add(username)
    return StaffMember(username, name, position, role, group)
