"""Sends a digest to an address, signed, so that the receiver can check the sender."""

import hashlib
import hmac
from time import sleep
from typing import Final
from urllib.parse import urlsplit

import httpx

from service.cli.client import seconds_to_wait
from service.cli.output.messages import message
from service.fetch.addresses import read_address
from service.fetch.client import USER_AGENT, certificates
from service.fetch.errors import ForbiddenAddress

SECRET: Final = "BREVE_WEBHOOK_SECRET"  # noqa: S105  # the name of the variable
SIGNATURE: Final = "X-Breve-Signature"
TRIES: Final = 4
SECONDS: Final = 30.0  # The time limit of one try.


class WebhookError(Exception):
    """The receiver did not take the digest. The message is for the user."""


class Webhook:
    """An address that digests are sent to.

    Raises ValueError if the address is not one of the web.
    """

    def __init__(self, address: str, secret: str) -> None:
        self._secret = secret.encode()
        parts = urlsplit(address)
        if parts.port == 0:
            raise ValueError("No server listens on port 0.")
        try:
            self._address = read_address(address)
        except ForbiddenAddress as error:
            raise ValueError(str(error)) from error
        # The address may hold a key, so messages name only its host.
        self._host = parts.hostname

    def send(self, text: str, media_type: str) -> None:
        """Sends a digest, signed with HMAC-SHA256 of its bytes.

        After the statuses 429 and 5xx it is sent again, at the time that the answer names.
        Redirects are not followed. Raises WebhookError.
        """
        content = text.encode()
        signature = hmac.new(self._secret, content, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": f"{media_type}; charset=utf-8",
            "User-Agent": USER_AGENT,
            SIGNATURE: f"sha256={signature}",
        }
        try:
            status = self._post(content, headers)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            reason = str(error).rstrip(".") or type(error).__name__
            words = message("webhook.no_answer", host=self._host, reason=reason)
            raise WebhookError(words) from error
        if not 200 <= status < 300:
            raise WebhookError(message("webhook.refused", host=self._host, status=status))

    def _post(self, content: bytes, headers: dict[str, str]) -> int:
        """The status of the last try."""
        with httpx.Client(verify=certificates(), timeout=SECONDS, headers=headers) as client:
            response = client.post(self._address, content=content)
            for _ in range(TRIES - 1):
                if response.status_code != 429 and response.status_code < 500:
                    break
                sleep(seconds_to_wait(response))
                response = client.post(self._address, content=content)
            return response.status_code
