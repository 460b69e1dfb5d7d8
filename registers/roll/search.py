"""Pupils by what somebody typed: the one way of finding that every page has.

By the plain letters with which a word of the name begins (registered, preferred or former; in any
order; with or without accents and apostrophes), or by a UPN, a former UPN or the admission number.
The same on every database, since the letters are kept beside the name (`Pupil.search_key`).
"""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from registers.models import FormerName, FormerUpn, Pupil, School
from registers.rules.pupils.names import AnyNamed, best_first, words_typed


def called(text: str, prefix: str = "pupil__") -> Q:
    """Each word of `text` is in the names, or is a number of the pupil; nobody for mere signs."""
    words = words_typed(text)
    if text.strip() and not any(parts for _, parts in words):
        return Q(pk__in=[])
    return Q(*(_with_word(word, parts, prefix) for word, parts in words))


def _with_word(word: str, parts: list[str], prefix: str) -> Q:
    named = Q(*(_with_part(part, prefix) for part in parts))
    return named | with_number(word, prefix) if any(map(str.isdigit, word)) else named


def _with_part(part: str, prefix: str) -> Q:
    former = FormerName.objects.filter(search_key__contains=f" {part}").order_by().values("pupil")
    return Q(**{f"{prefix}search_key__contains": f" {part}"}) | Q(**{f"{prefix}pk__in": former})


def with_number(word: str, prefix: str = "pupil__") -> Q:
    """Pupils whose UPN, former UPN or admission number holds these letters and digits."""
    former = FormerUpn.objects.filter(upn__icontains=word).order_by().values("pupil")
    return (
        Q(**{f"{prefix}upn__icontains": word})
        | Q(**{f"{prefix}admission_number__iexact": word})
        | Q(**{f"{prefix}pk__in": former})
    )


def ids_of_called(school: School, text: str) -> set[int]:
    """The pupils of the school that the text finds, in one statement; none for an empty text."""
    if not text.strip():
        return set()
    found = Pupil.objects.filter(called(text, ""), school=school).order_by()
    return set(found.values_list("pk", flat=True))


def found_among(
    school: School, people: Mapping[int, AnyNamed] | Iterable[tuple[int, AnyNamed]], text: str
) -> list[AnyNamed]:
    """Those of the people (by pupil) whom the text finds, the likeliest first; one statement."""
    ids = ids_of_called(school, text)
    pairs = people.items() if isinstance(people, Mapping) else people
    return best_first((person for pk, person in pairs if pk in ids), text)
