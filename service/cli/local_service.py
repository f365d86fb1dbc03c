"""Finds a service on this machine that answers as the model in this process would.

A program that listens on the port may be anything. It gets no article and no key until its
`/info` shows that it is Brève, of the same version, with the same model and translator, and without
a glossary of its own.
"""

import json
import os
import socket
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Final

from models.engine import ModelError
from service import __version__

if TYPE_CHECKING:
    from service.settings import Settings

HOST: Final = "127.0.0.1"
PORT: Final = 8000  # As in the settings, which take long to import.
CONNECT_SECONDS: Final = 0.3
ANSWER_SECONDS: Final = 1.0
_INFO_BYTES: Final = 65_536  # A longer answer is not Brève's.
_FIELDS: Final = {
    "version",
    "model",
    "translator",
    "revision",
    "runtime",
    "state",
    "languages",
    "lengths",
    "own_terms",
    "limits",
}
_KEY_NEEDED: Final = "urn:breve:problem:unauthorized"
_NO_REVISION: Final = "local"  # The revision of a folder, which may have changed since.


def listens() -> bool:
    """True if a program listens on the service's port. If none does, that shows at once."""
    try:
        port = int(os.environ.get("BREVE_PORT", "").strip() or PORT)
        socket.create_connection((HOST, port), CONNECT_SECONDS).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def find_service(settings: "Settings", key: str | None, language: str) -> str | None:
    """The address of a ready service of this version with the models of `settings`, or None.

    `key` is sent only to a service that asks for one as Brève does.
    """
    if settings.glossary_file or settings.runtime != "auto":
        return None
    status, info = _ask(settings.port, None)
    if status == 401 and key and info.get("type") == _KEY_NEEDED:
        status, info = _ask(settings.port, key)
    if status != 200 or not info.keys() >= _FIELDS:
        return None
    is_alike = info["version"] == __version__ and not info["own_terms"]
    can_answer = info["state"] == "ready" and language in info["languages"]
    if is_alike and can_answer and _has_models_of(settings, info):
        return f"http://{HOST}:{settings.port}"
    return None


def _ask(port: int, key: str | None) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object of `GET /info`; 0 and {} if no object comes in time."""
    headers = {"Authorization": f"Bearer {key.strip()}".encode()} if key else {}
    connection = HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/info", headers=headers)
        response = connection.getresponse()
        body = json.loads(response.read(_INFO_BYTES))
    except (OSError, HTTPException, ValueError, RecursionError):
        return 0, {}
    finally:
        connection.close()
    return (response.status, body) if isinstance(body, dict) else (0, {})


def _has_models_of(settings: "Settings", info: dict[str, Any]) -> bool:
    """True if the service has the models of `settings`, of the revisions on this machine."""
    from models.loading import revisions_of

    try:
        revisions = [*revisions_of(settings.model, settings.translator).values()]
    except ModelError:
        return False
    known = [revision for revision in revisions if revision not in (None, _NO_REVISION)]
    if len(known) < len(revisions) or info["model"] != settings.model:
        return False
    return bool(info["revision"] == " + ".join(map(str, known)))
