"""The arguments of `serve run`, and of an application in a Serve config file."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from service.settings import Settings

SCALING: Final = ("min_replicas", "max_replicas")
# Settings that may not be arguments: Serve shows its arguments in its log and its dashboard.
SECRETS: Final = ("api_keys", "rate_limit_store")


def read_arguments(arguments: Mapping[str, Any]) -> tuple[Settings, dict[str, int]]:
    """Returns the settings and the numbers of replicas that arguments name.

    Arguments win over the environment. Raises ValueError for an unknown name, a secret, a wrong
    value, and a service that would be open to all. The error's message holds no secret.
    """
    for name in SECRETS:
        if name in arguments:
            raise ValueError(f"{name}: Serve would show it. Set BREVE_{name.upper()} instead.")
    known = {*SCALING, *Settings.model_fields} - {*SECRETS}
    if unknown := sorted({*arguments} - known):
        raise ValueError(f"{', '.join(unknown)}: expected are {', '.join(sorted(known))}.")
    scaling = {name: _read_count(name, arguments[name]) for name in SCALING if name in arguments}
    chosen = {name: value for name, value in arguments.items() if name not in SCALING}
    settings = _make_settings(chosen)
    if settings.is_open_to_others:
        raise ValueError("No keys are set: set BREVE_API_KEYS, or BREVE_ALLOW_OPEN=true.")
    return settings, scaling


def _read_count(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: {value!r} is no number of replicas.") from None


def _make_settings(chosen: dict[str, Any]) -> Settings:
    try:
        return Settings(**chosen)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)
    wrong = [f"{'.'.join(map(str, item['loc'])) or 'settings'}: {item['msg']}" for item in errors]
    raise ValueError("; ".join(wrong))
