"""Finds a running service on this machine that gives the answers that the model in this process would give.

A program that listens on the port may be anything. It gets no article and no key until its `/info` shows that it is Brève, of the
same version, with the same model and translator.
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
PORT: Final = 8000  # as in the settings, which take as long to import as the question whether anything listens there
CONNECT_SECONDS: Final = 0.3
ANSWER_SECONDS: Final = 1.0
_INFO_BYTES: Final = 65_536  # a longer answer is not Brève's
_FIELDS: Final = {
    "version",
    "model",
    "translator",
    "revision",
    "runtime",
    "state",
    "languages",
    "lengths",
    "limits",
}
_KEY_NEEDED: Final = "urn:breve:problem:unauthorized"
_NO_REVISION: Final = "local"  # of a folder, which may have changed since


def listens() -> bool:
    """True if something listens where a service of this machine would: most of the time nothing does, and that shows at once."""
    try:
        port = int(os.environ.get("BREVE_PORT", "").strip() or PORT)
        socket.create_connection((HOST, port), CONNECT_SECONDS).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def find_service(settings: "Settings", key: str | None, language: str) -> str | None:
    """The address of a ready service with the same version and models as `settings` name; None where there is none.

    `key` is sent only to a service that asks for one as Brève does.
    """
    if settings.glossary_file or settings.runtime != "auto":
        return None
    status, info = _ask(settings.port, None)
    if status == 401 and key and info.get("type") == _KEY_NEEDED:
        status, info = _ask(settings.port, key)
    if status != 200 or not info.keys() >= _FIELDS:
        return None
    same = info["version"] == __version__ and info["state"] == "ready" and language in info["languages"]
    return f"http://{HOST}:{settings.port}" if same and _has_models_of(settings, info) else None


def _ask(port: int, key: str | None) -> tuple[int, dict[str, Any]]:
    """The status and the object of `GET /info`; 0 and nothing where the answer is no object in JSON, or does not come in time."""
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
    """True if the service has the model and the translator of `settings`, of the very revisions that are on this machine."""
    from models.loading import chosen_translator, revision_of, tasks_of

    try:
        translator = chosen_translator(settings.translator, tasks_of(settings.model))
        revisions = [revision_of(name) for name in (settings.model, translator) if name]
    except ModelError:
        return False
    known = [revision for revision in revisions if revision not in (None, _NO_REVISION)]
    same_names = info["model"] == settings.model
    return same_names and len(known) == len(revisions) and info["revision"] == " + ".join(map(str, known))
