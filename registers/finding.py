"""Pupils by what somebody typed, in the database."""

from django.db.models import Q

from registers.models import FormerUpn


def called(text: str, prefix: str = "pupil__") -> Q:
    """Each word is somewhere in the names, the UPN, a former one or the admission number. SQLite
    folds the case of A to Z alone.
    """
    wanted = Q()
    for word in text.split():
        one = with_number(word, prefix)
        for form in {word, word.lower(), word.upper(), word.title()}:
            one |= Q(**{f"{prefix}surname__icontains": form})
            one |= Q(**{f"{prefix}forename__icontains": form})
            one |= Q(**{f"{prefix}preferred_name__icontains": form})
        wanted &= one
    return wanted


def with_number(word: str, prefix: str = "pupil__") -> Q:
    """Pupils whose UPN, former UPN or admission number holds these letters and digits."""
    former = FormerUpn.objects.filter(upn__icontains=word).order_by().values("pupil")
    return (
        Q(**{f"{prefix}upn__icontains": word})
        | Q(**{f"{prefix}admission_number__iexact": word})
        | Q(**{f"{prefix}pk__in": former})
    )
