"""Certificates as files, for those who may have them."""

from django.http import HttpRequest, HttpResponse

from foundation.errors import RulesError, SettingsError
from settlement.accounts.actor import Actor
from settlement.papers.certificate import banner_of, certificate_paper
from settlement.troubles import CentreTrouble
from settlement.web.frame import answer, centre_settings, current_ms, frame, words_for
from settlement.web.missing import NotHere


def certificate_answer(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """The PDF, or the page that says why there is none."""
    words = words_for(request)
    pages, banner = request.build_absolute_uri("/"), banner_of(centre_settings().realm, words)
    try:
        written = certificate_paper(number, by, pages, words, current_ms(), banner)
    except RulesError as error:
        raise NotHere(CentreTrouble.NO_CERTIFICATE_HERE, number=number[:40]) from error
    except SettingsError as error:
        why = words.trouble(error.trouble)
        return answer(request, "settlement/refused.html", frame(request, words) | {"why": why}, status=503)
    name = f'attachment; filename="{number}.pdf"'
    return HttpResponse(written, content_type="application/pdf", headers={"Content-Disposition": name})
