"""Text messages through a provider's web service: one POST each, as JSON or as a form."""

import http

import urllib3
from urllib3.util import Retry

from foundation.errors import GatewayError
from settlement.settings import BodyFormat, TextMessageSettings
from settlement.troubles import CentreTrouble

_BUSY = (
    http.HTTPStatus.TOO_MANY_REQUESTS,
    http.HTTPStatus.BAD_GATEWAY,
    http.HTTPStatus.SERVICE_UNAVAILABLE,
    http.HTTPStatus.GATEWAY_TIMEOUT,
)


class HttpGateway:
    """Posts number and text under the names that the provider wants, and the token as a bearer (RFC 6750).

    Tried again where nobody answers or the provider is busy: the same code twice does no harm. A redirection
    is no success: the token is for the address in the settings alone.
    """

    def __init__(self, settings: TextMessageSettings, token: str) -> None:
        self._settings = settings
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=settings.timeout_ms / 1000),
            retries=Retry(
                total=settings.tries - 1,
                redirect=False,
                allowed_methods=["POST"],
                status_forcelist=_BUSY,
                raise_on_status=False,
                backoff_factor=0.5,
                backoff_max=5,
            ),
        )

    def send(self, telephone: str, text: str) -> None:
        """As TextGateway says; an answer of 2xx means that the provider took it."""
        fields = {
            **self._settings.fields,
            self._settings.number_field: telephone,
            self._settings.text_field: text,
        }
        url = self._settings.url
        try:
            if self._settings.body is BodyFormat.JSON:
                answer = self._pool.request("POST", url, json=fields, headers=self._headers)
            else:
                answer = self._pool.request(
                    "POST", url, fields=fields, encode_multipart=False, headers=self._headers
                )
        except urllib3.exceptions.HTTPError as error:
            # The error's own text may quote the address with what stands in it.
            raise GatewayError(CentreTrouble.GATEWAY_SILENT, why=type(error).__name__) from None
        if not http.HTTPStatus(200) <= answer.status < http.HTTPStatus(300):
            raise GatewayError(CentreTrouble.GATEWAY_REFUSES, status=answer.status)

    def close(self) -> None:
        """End every connection that is kept open for the next message."""
        self._pool.clear()
