"""Pupils by what somebody typed, in the database."""

from django.db.models import Q


def called(text: str, prefix: str = "pupil__") -> Q:
    """Each word is somewhere in the names or the UPN. SQLite folds the case of A to Z alone."""
    wanted = Q()
    for word in text.split():
        one = Q(**{f"{prefix}upn__icontains": word})
        for form in {word, word.lower(), word.upper(), word.title()}:
            one |= Q(**{f"{prefix}surname__icontains": form})
            one |= Q(**{f"{prefix}forename__icontains": form})
            one |= Q(**{f"{prefix}preferred_name__icontains": form})
        wanted &= one
    return wanted
