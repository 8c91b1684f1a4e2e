"""What somebody sees whose log-in ended while they filled in a form: what they typed is not lost.

The page holds it and sends it once more, after they logged in. It is offered only for a form that came from
these pages: a browser says so by the header `Origin`, which Django has compared.
"""

from django.http import HttpRequest

_ACCOUNT = "/account/"
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the field's name


def form_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Every field of a form as it came; none of one that holds a password or files."""
    if request.method != "POST" or request.path.startswith(_ACCOUNT) or request.FILES:
        return []
    return [(name, str(value)) for name, values in request.POST.lists() for value in values if name != _TOKEN]


def is_from_these_pages(request: HttpRequest, refusal: str = "") -> bool:
    """Whether a form that was refused for its token alone came from a page of this centre."""
    return "Origin" in request.headers and not refusal.startswith("Origin checking failed")
