"""What is written down beside a mark whose code needs it, as a plan brings it. No Django here.

Which codes need one is said by `registers.rules.allowed_codes.paper_needed`.
"""

from datetime import date


def paper_said(
    code: str,
    *,
    activity: str = "",
    place: str = "",
    supervised_by: str = "",
    note: str = "",
    agreed_with: str = "",
    agreed_on: date | None,
) -> str:
    """The paper that the code needs, as a plan with it carries it; empty where it does not."""
    provision = _provision_said(activity, place, supervised_by)
    papers = {
        "C2": _agreement_said(agreed_with, agreed_on),
        "K": provision,
        "B": provision,
        "Y7": note,
        "#": note,
    }
    return papers.get(code, "")


def _agreement_said(agreed_with: str, agreed_on: date | None) -> str:
    if not agreed_with or not agreed_on:
        return ""
    return f"Agreed with {agreed_with} on {agreed_on.day} {agreed_on:%B %Y}"


def _provision_said(activity: str, place: str, supervised_by: str) -> str:
    if not activity:
        return ""
    supervised = f"supervised by {supervised_by}" if supervised_by else ""
    return ", ".join(filter(None, (activity, place, supervised)))
