"""Addresses that pages of several packages lead to."""

from datetime import date

from django.urls import NoReverseMatch, reverse

from registers.rules.codes import Half


def mark_url(urn: str, enrolment_id: int, on: date, half: int) -> str:
    """Where a mark and its history are; empty for a day that no address can name."""
    kwargs = {"urn": urn, "enrolment_id": enrolment_id, "date": on, "half": Half(half)}
    try:
        return reverse("registers:mark", kwargs=kwargs)
    except NoReverseMatch:
        return ""
