"""The arguments of `serve run`, and of an application in a file of Serve."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from service.settings import Settings

SCALING: Final = ("min_replicas", "max_replicas")
# Serve keeps the arguments, and shows them in its log and its dashboard.
KEYS: Final = "api_keys"


def read_arguments(arguments: Mapping[str, Any]) -> tuple[Settings, dict[str, int]]:
    """The settings, and the numbers of replicas, that arguments name.

    Arguments win over the environment. Raises ValueError for a name that is neither, for a wrong
    value, and for a service that would be open to all. Its words hold no key.
    """
    if KEYS in arguments:
        raise ValueError(f"{KEYS}: Serve would show it. Set BREVE_API_KEYS instead.")
    known = {*SCALING, *Settings.model_fields} - {KEYS}
    if unknown := sorted({*arguments} - known):
        raise ValueError(f"{', '.join(unknown)}: expected are {', '.join(sorted(known))}.")
    scaling = {name: int(arguments[name]) for name in SCALING if name in arguments}
    chosen = {name: value for name, value in arguments.items() if name not in SCALING}
    settings = _make_settings(chosen)
    if settings.is_open_to_others:
        raise ValueError("No keys are set: set BREVE_API_KEYS, or BREVE_ALLOW_OPEN=true.")
    return settings, scaling


def _make_settings(chosen: dict[str, Any]) -> Settings:
    try:
        return Settings(**chosen)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)
    wrong = [f"{'.'.join(map(str, item['loc'])) or 'settings'}: {item['msg']}" for item in errors]
    raise ValueError("; ".join(wrong))
