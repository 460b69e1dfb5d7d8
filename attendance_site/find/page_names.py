"""The pages that a person can ask for by name, with the other words people have for them.

No Django here: a page is the name of its address, what a person must be allowed to do, and words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from registers.rules.pupils.names import APART, plain


@dataclass(frozen=True, slots=True)
class FoundPage:
    """`address` is the name of an address that takes the school's URN and nothing else."""

    title: str
    address: str
    action: str
    synonyms: str = ""

    @property
    def words(self) -> list[str]:
        return plain(f"{self.title} {self.synonyms}").translate(APART).split()

    def has_word(self, beginning: str) -> bool:
        """Whether one of its words begins so."""
        return any(word.startswith(beginning) for word in self.words)


PAGES = tuple(
    FoundPage(*row)
    for row in (
        ("Today", "registers:today", "take_register", "registers class mark take home"),
        ("Morning", "registers:morning", "see_morning", "missing first day calling absent calls"),
        ("Late desk", "registers:late_desk", "amend_mark", "lates sign in reception L U"),
        ("Sign-outs", "registers:sign_outs", "see_morning", "leave early out signing collect"),
        ("On site now", "registers:on_site", "see_evacuation", "fire evacuation list who is in"),
        ("Roll call", "registers:roll_call", "see_evacuation", "fire drill evacuation assembly"),
        ("Held marks", "registers:held", "amend_mark", "offline tablet waiting late marks"),
        ("Pupils", "absence:pupils", "see_pupils", "at risk list absence persistent attendance"),
        ("School", "absence:school", "see_school", "figures trend charts bands headline"),
        ("Next steps", "interventions:next_steps", "see_interventions", "tasks to do due actions"),
        ("Letters", "interventions:letters", "see_letters", "queue post send approve"),
        ("Print runs", "interventions:print_runs", "see_letters", "post printing envelopes"),
        (
            "Letter templates",
            "interventions:letter_templates",
            "write_letter_templates",
            "wording",
        ),
        ("Panels", "interventions:panels", "hold_panel", "meetings packs invitations"),
        ("Nights", "interventions:nights", "see_nights", "nightly run check"),
        (
            "Planned absences",
            "registers:planned",
            "plan_absence",
            "leave holiday part time timetable",
        ),
        ("Plan an absence", "registers:planned_new", "plan_absence", "new leave visit trip"),
        ("Papers", "registers:papers", "plan_absence", "evidence missing documents"),
        ("Cover", "registers:cover", "give_cover", "supply substitute teacher absent"),
        (
            "Admission register",
            "registers:roll",
            "keep_pupils",
            "roll enrolments leavers starters",
        ),
        ("A new pupil", "registers:pupil_new", "keep_pupils", "admit admission starter joiner"),
        ("Set-up", "registers:set_up", "keep_school", "settings configuration guide"),
        (
            "The school’s details",
            "registers:school_details",
            "keep_school",
            "address times registers",
        ),
        (
            "Calendar",
            "registers:calendar",
            "keep_school",
            "terms holidays inset bank holiday dates",
        ),
        ("Groups", "registers:groups", "keep_pupils", "tutor forms classes registration trips"),
        ("Year groups", "registers:year_groups", "keep_pupils", "move up years promotion"),
        ("Files", "registers:imports", "import_school", "import upload csv export data MIS"),
        ("Photos", "registers:photos_new", "import_school", "pictures faces"),
        ("Staff", "registers:staff", "keep_staff", "colleagues users accounts roles permissions"),
        ("Invite a colleague", "registers:invite", "keep_staff", "new user account"),
    )
)


def matching_pages(pages: Sequence[FoundPage], parts: Sequence[str]) -> list[FoundPage]:
    """Those of which every plain word that was typed begins a word; by title first."""
    matches = [page for page in pages if all(map(page.has_word, parts))]
    return sorted(matches, key=lambda page: not plain(page.title).startswith(" ".join(parts)))
