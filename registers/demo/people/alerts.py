"""What pupils are called, and the few words that their teachers must know. All invented."""

from registers.demo.chance import dice
from registers.demo.people.pupils import DemoPupil

SHORT_FORMS = {
    "Beatrix": "Bea",
    "Catriona": "Cat",
    "Charlotte": "Lottie",
    "Daniel": "Dan",
    "Edward": "Ted",
    "Eleanor": "Ellie",
    "Florence": "Flo",
    "Harriet": "Hattie",
    "Isaac": "Zac",
    "Jacob": "Jake",
    "Jessica": "Jess",
    "Joshua": "Josh",
    "Muhammad-Yusuf": "Yusuf",
    "Noor-ul-Ain": "Noor",
    "Oliver": "Ollie",
    "Sumayyah": "Maya",
}
USE_IT = 0.45
ALERTS = {
    "Inhaler": 40,
    "Inhaler in the office": 12,
    "EpiPen in the bag: nuts": 10,
    "EpiPen in the office": 8,
    "Diabetes: may eat and drink in lessons": 6,
    "Epilepsy: plan in the office": 4,
    "Hearing aids: sits at the front": 4,
}
HAVE_ONE = 0.055


def called(seed: int, pupil: DemoPupil) -> str:
    """The short form, where the pupil goes by it."""
    short = SHORT_FORMS.get(pupil.forename, "")
    return short if dice(seed, "called", pupil.upn).random() < USE_IT else ""


def medical_alert(seed: int, pupil: DemoPupil) -> str:
    rng = dice(seed, "alert", pupil.upn)
    if rng.random() >= HAVE_ONE:
        return ""
    return rng.choices(list(ALERTS), list(ALERTS.values()))[0]
