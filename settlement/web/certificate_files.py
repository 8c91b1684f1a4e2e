"""Certificates as files, for those who may have them."""

from django.http import HttpRequest, HttpResponse

from foundation.errors import RulesError, SettingsError
from settlement.accounts.actor import Actor
from settlement.papers.certificate import banner_of, certificate_paper
from settlement.papers.proof import certificate_proof
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
        return _refused(request, error)
    return _sent(written, f"{number}.pdf", "application/pdf")


def proof_answer(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """The proof as a text, or the page that says why there is none yet."""
    try:
        written = certificate_proof(number, by, current_ms())
    except RulesError as error:
        raise NotHere(CentreTrouble.NO_CERTIFICATE_HERE, number=number[:40]) from error
    except SettingsError as error:
        return _refused(request, error)
    return _sent(written.encode(), f"{number}.tlog-proof", "text/plain; charset=utf-8")


def _refused(request: HttpRequest, error: SettingsError) -> HttpResponse:
    words = words_for(request)
    context = frame(request, words) | {"why": words.trouble(error.trouble)}
    return answer(request, "settlement/refused.html", context, status=503)


def _sent(content: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
