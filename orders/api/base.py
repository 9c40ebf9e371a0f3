"""What all API views share: keys, scopes, limits, and the headers of every answer."""

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orders.api.authentication import KeyAuthentication
from orders.api.permissions import HasScope
from orders.api.throttling import KeyThrottle, Usage

VARY = ("Authorization", "X-API-Key", "Accept")


class Private(APIView):
    """Answers are for their caller alone; `Allow` belongs to 405 alone."""

    @property
    def default_response_headers(self) -> dict[str, str]:
        """What every answer starts with."""
        return {"Cache-Control": "private, no-cache"}


class ApiView(Private):
    """A view for keys: `scopes` names the scope of each method, `writes` the methods with the lower limit.

    A successful GET gets a strong ETag of `tag` (set by the method) and the content.
    """

    authentication_classes = [KeyAuthentication]
    permission_classes = [HasScope]
    throttle_classes = [KeyThrottle]
    scopes: ClassVar[Mapping[str, str]] = {}
    writes: ClassVar[frozenset[str]] = frozenset()
    usage: Usage | None = None
    tag = ""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Give the answer its validator and headers; 304 without a body where the caller has it already."""
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(final, VARY)
        if final.status_code == 405:
            final["Allow"] = ", ".join(method for method in self.allowed_methods if method != "OPTIONS")
        if final.status_code == 200 and request.method in ("GET", "HEAD"):
            final = self._conditional(request, final)
        for name, value in (self.usage.headers if self.usage else {}).items():
            final[name] = value
        return final

    def _conditional(self, request: Request, response: Response) -> Any:
        digest = hashlib.sha256(response.render().content).hexdigest()[:20]
        response["ETag"] = etag = f'"{self.tag or "list"}-{digest}"'
        return get_conditional_response(request._request, etag=etag, response=response)


class Unknown(Private):
    """Whatever address the API does not know."""

    authentication_classes = []
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A problem, whatever the method and headers."""
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(
            request, force=True
        )
        raise NotFound
