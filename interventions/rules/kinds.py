"""The kinds of interventions that every school has; `own` is one that the school has added.

The keys are in the database: a word may change, a key may not.
"""

OWN = "own"
KINDS: dict[str, str] = {
    "letter": "Attendance letter",
    "conversation": "Documented conversation",
    "early_meeting": "Early meeting",
    "home_visit": "Home visit",
    "plan": "Plan or contract",
    "panel": "Panel",
    "multi_agency": "Multi-agency meeting",
    "information_request": "Request for medical or other information",
    "direct_work": "Direct work",
    "specialist": "Specialist service",
    "provision": "Provision",
    "referral": "Referral to the local authority",
    OWN: "Another kind",
}


def title_of(kind: str, own_name: str = "") -> str:
    """The kind in words; the school's own name for a kind of its own."""
    if kind == OWN and own_name:
        return own_name
    return KINDS.get(kind, KINDS[OWN])
