"""Pages go out compressed; what is compressed in itself, such as a PDF, goes as it is."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/", "application/json", "application/manifest+json", "application/xml")


class CompressTexts(GZipMiddleware):
    """Django's, for texts alone: a PDF gains nothing, and a download would lose its length.

    Its random padding hides the length of a page from whoever guesses at secrets in it (BREACH).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
