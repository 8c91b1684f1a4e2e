"""The page on which anybody checks a certificate by its number (S21). It shows the name masked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from foundation.words import Words
from settlement.recognition.certificate_check import CertificateState, check_certificate
from settlement.rules.hours import certificate_hours
from settlement.web.frame import answer, frame, reader_language

_SYMBOLS = {
    CertificateState.VALID: "✔",
    CertificateState.STALE: "▲",
    CertificateState.SUPERSEDED: "▲",
    CertificateState.NEVER_ISSUED: "✖",
    CertificateState.NOT_A_NUMBER: "✖",
}


@require_safe
def certificate(request: HttpRequest, number: str = "") -> HttpResponse:
    """What a certificate states and whether it still holds; without a number, the field to type one."""
    asked = request.GET.get("number")
    if asked:
        return redirect("certificate", number=asked.strip()[:40].replace("/", "-") or "-")
    words = Words(reader_language(request))
    context = frame(request, words)
    if number:
        found = check_certificate(number)
        content = found.content
        context |= {
            "found": found,
            "symbol": _SYMBOLS[found.standing],
            "standing": words.code("certificate", found.standing, newer=found.superseded_by),
            "content": content,
            "lines": [
                {"line": line, "hours": certificate_hours(line.t_s)}
                for line in (content.service_content if content else ())
            ],
        }
    return answer(request, "settlement/certificate.html", context)
