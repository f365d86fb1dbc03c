"""All settings, each in one place. `BREVE_<NAME>` (upper case) is its environment variable.

White space around a value is ignored. An empty value means the default: other programs' files may
set one, for example with `${BREVE_PORT:-}`. Only an empty BREVE_TRANSLATOR means no translator.
"""

import ipaddress
import re
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.batching import PASS_TOKENS
from models.checkpoints.catalog import AUTO, BUILTIN

HASHED: Final = "sha256:"  # Prefix of a key that is set as its digest.
_HASHED: Final = re.compile(rf"\A{HASHED}", re.IGNORECASE)  # Some tools print capitals.
_DIGEST: Final = re.compile(rf"{HASHED}[0-9a-fA-F]{{64}}")
_ORIGIN: Final = re.compile(
    r"""\* | https?://[^\s/?#@*]+
    | chrome-extension://[a-p]{32}
    | moz-extension://[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}""",
    re.IGNORECASE | re.VERBOSE,
)
_STORE: Final = re.compile(
    r"""rediss?:// ([\w.~!$&'()*+,;=:%-]*@)?
    ( [\w-]{1,63}(\.[\w-]{1,63})*\.? | \[[0-9a-fA-F:.]+\] )
    (:[0-9]+)? (/[0-9]{0,9})?""",
    re.ASCII | re.VERBOSE,
)
_MAY_BE_EMPTY: Final = "translator"


class Settings(BaseSettings):
    """The settings of the service. Command-line options of the same name override them."""

    model_config = SettingsConfigDict(env_prefix="BREVE_", extra="ignore")

    host: str = Field(
        "127.0.0.1",
        description="Address that the service listens on. `127.0.0.1` is reached from this machine "
        "only; `0.0.0.0` from others too.",
    )
    port: int = Field(8000, ge=1, le=65535, description="Port that the service listens on.")
    model: str = Field(
        BUILTIN,
        description="The model that writes the summaries: a name of `breve models list`, a hub id "
        "(owner/name) or a folder.",
    )
    translator: str = Field(
        AUTO,
        description="The model that makes the English, named in the same ways. `auto`: the model "
        "itself where it translates, else the built-in opus-mt. Empty: none.",
    )
    glossary_file: str = Field(
        "",
        description="File of French terms and their English, TOML or JSON, beside the built-in "
        "ones. Terms of a request win.",
    )
    runtime: Literal["auto", "torch", "ctranslate2"] = Field(
        "auto",
        description="Library that runs a model: `auto`, `torch` or `ctranslate2`. `auto` takes the "
        "fastest that can: our decoder, CTranslate2 or torch.",
    )
    allow_pickle: bool = Field(
        False,
        description="Whether weights in PyTorch's pickle format may be pulled and loaded. They can "
        "hold code, which is then run.",
    )
    threads: int = Field(
        0,
        ge=0,
        le=256,
        description="Processor threads of the model. 0: as many as the CPU quota allows.",
    )
    concurrency: int = Field(
        16,
        ge=1,
        le=64,
        description="Articles that are worked on at the same time. They share the model's passes.",
    )
    batch_tokens: int = Field(
        PASS_TOKENS,
        ge=0,
        description="Maximum tokens of a pass that articles share; answers, beams and padding "
        "count. 0: each article has passes of its own.",
    )
    queue_size: int = Field(
        64,
        ge=1,
        le=10_000,
        description="Maximum requests that may wait. One more is answered 503.",
    )
    queue_tokens: int = Field(
        64_000,
        ge=1,
        description="Maximum tokens of the articles that may wait, estimated from their "
        "characters. One article more is answered 503.",
    )
    deadline_seconds: float = Field(
        120,
        gt=0,
        le=3600,
        description="Longest time of one request, waiting included. Then it is answered 504.",
    )
    stuck_seconds: float = Field(
        60,
        gt=0,
        le=3600,
        description="Longest time between two tokens of the model. Then the worker counts as "
        "stuck, and `/readyz` answers 503.",
    )
    max_body_bytes: int = Field(
        2_000_000,
        ge=1000,
        description="Maximum bytes of a request's body. A larger one is answered 413.",
    )
    max_bodies_bytes: int = Field(
        64_000_000,
        validate_default=True,
        description="Maximum bytes of the bodies of all requests that are not answered yet. A "
        "request whose body does not fit is answered 503.",
    )
    body_seconds: float = Field(
        30,
        gt=0,
        le=3600,
        description="Longest time for a request's body to arrive. Then it is answered 408.",
    )
    max_connections: int = Field(
        512,
        ge=1,
        le=100_000,
        description="Maximum connections at once, and at most half of the file descriptors. One "
        "more closes the one that is idle for longest.",
    )
    header_seconds: float = Field(
        30,
        gt=0,
        le=3600,
        description="Longest time for a request's headers to arrive, and for a client to read on. "
        "Then the connection is closed.",
    )
    max_characters: int = Field(
        200_000,
        ge=100,
        description="Maximum characters of `text`, and of the text of a page. A longer one is "
        "answered 422.",
    )
    allow_urls: bool = Field(
        False,
        description="Whether a request may hold a `url`, whose page the service fetches. Private "
        "addresses are refused even then.",
    )
    url_timeout_seconds: float = Field(
        10,
        gt=0,
        le=120,
        description="Longest time to fetch a page. Then the request is answered 504.",
    )
    batch_items: int = Field(
        100,
        ge=1,
        le=10_000,
        description="Maximum articles of one batch or digest. A longer one is answered 422.",
    )
    mcp: bool = Field(
        False,
        description="Whether the service also speaks the Model Context Protocol, at `/mcp`. It "
        "needs the extra `mcp`.",
    )
    cache_bytes: int = Field(
        32_000_000,
        ge=0,
        description="Maximum bytes of answers that are kept in memory. 0: none are kept.",
    )
    api_keys: Annotated[SecretStr, NoDecode] = Field(
        SecretStr(""),
        description="Keys of the clients, separated by commas; each may be `sha256:` and its hex "
        "digest. A client sends `Authorization: Bearer KEY`. Empty: no key is needed.",
    )
    cors_origins: str = Field(
        "",
        description="Origins whose pages may use the service from a browser, separated by commas, "
        "like `https://cms.example.org`; of extensions `chrome-extension://ID` and "
        "`moz-extension://UUID`. `*`: all. Empty: its own page only.",
    )
    allowed_hosts: str = Field(
        "",
        description="Host names by which the service may be asked, separated by commas; another "
        "name is answered 421. `localhost` and IP addresses are always allowed; `*` allows any "
        "name. Empty: without keys on loopback no other name is allowed, elsewhere any.",
    )
    allow_open: bool = Field(
        False,
        description="Whether other machines may reach the service without keys. Set it only where "
        "a proxy or a firewall keeps others out.",
    )
    rate_limit: str = Field(
        "",
        pattern=r"^([1-9]\d{0,8}/(second|minute|hour|day))?$",
        description="Maximum articles of one key (or of one address, without keys) in a given "
        "time, like `60/minute`. One more is answered 429. Empty: no limit.",
    )
    rate_limit_store: SecretStr = Field(
        SecretStr(""),
        description="Address of a Redis or Valkey store where services count BREVE_RATE_LIMIT "
        "together, like `redis://:PASSWORD@host:6379/0`, or `rediss://` with TLS. It needs the "
        "extra `redis`. Empty: each process counts by itself.",
    )
    exit_when_broken: bool = Field(
        False,
        description="Whether the process ends when its worker fails, dies or hangs, so that its "
        "service manager starts it anew.",
    )
    log_level: str = Field(
        "info",
        pattern="^(debug|info|warning|error)$",
        description="What is logged: `debug`, `info`, `warning` or `error`, and all that is worse. "
        "Texts of articles never are.",
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Format of the log: `text`, or `json` for one object a line."
    )
    otel: bool = Field(
        False,
        description="Whether OpenTelemetry spans are sent to OTEL_EXPORTER_OTLP_ENDPOINT. It needs "
        "the extra `otel`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Strips white space around values, and drops empty ones, except that of `translator`."""
        stripped = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in values.items()
        }
        return {
            name: value for name, value in stripped.items() if value != "" or name == _MAY_BE_EMPTY
        }

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower_case(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("api_keys")
    @classmethod
    def _check_digests(cls, value: SecretStr) -> SecretStr:
        digests = [key for key in _keys_in(value) if key.startswith(HASHED)]
        if not all(map(_DIGEST.fullmatch, digests)):
            raise PydanticCustomError(
                "key_digest",
                "after sha256: 64 hexadecimal digits are expected, as `printf %s KEY | sha256sum` "
                "prints them",
            )
        return value

    @field_validator("rate_limit_store")
    @classmethod
    def _check_store(cls, value: SecretStr) -> SecretStr:
        address = value.get_secret_value()
        if address and not _is_store(address):
            raise PydanticCustomError(
                "store",
                "an address like redis://:PASSWORD@host:6379/0 is expected, or rediss:// with "
                "TLS; write an @ in a password as %40, a / as %2F, and other signs in the same way",
            )
        return value

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, value: str) -> str:
        wrong = [origin for origin in _split(value) if not _ORIGIN.fullmatch(origin)]
        if wrong:
            raise PydanticCustomError(
                "origin",
                "{origin} is no origin. A scheme and a host without a path are expected, like "
                "https://cms.example.org; chrome-extension:// and 32 letters from a to p; "
                "moz-extension:// and a UUID; or *",
                {"origin": repr(wrong[0])},
            )
        return value

    @field_validator("max_bodies_bytes")
    @classmethod
    def _check_one_body_fits(cls, value: int, info: ValidationInfo) -> int:
        largest = info.data.get("max_body_bytes", 0)
        if value < largest:
            raise PydanticCustomError(
                "bodies",
                "one body may have BREVE_MAX_BODY_BYTES={largest}, so at least as many are needed",
                {"largest": largest},
            )
        return value

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may ask, in lower case, as browsers send them."""
        return _split(self.cors_origins.lower())

    @property
    def hosts(self) -> frozenset[str]:
        """The host names that requests may use, in lower case; empty if any name is allowed."""
        names = _split(self.allowed_hosts.lower())
        is_private = _is_loopback(self.host) and not self.keys
        if "*" in names or not (names or is_private):
            return frozenset()
        return frozenset({"localhost", self.host.lower(), *names})

    @property
    def keys(self) -> tuple[str, ...]:
        """The API keys, each plain or as HASHED and its digest; none if the service is open."""
        return _keys_in(self.api_keys)

    @property
    def is_open_to_others(self) -> bool:
        """True if other machines could use the service without a key, and `allow_open` is off."""
        return not (self.keys or self.allow_open or _is_loopback(self.host))


def _keys_in(value: SecretStr) -> tuple[str, ...]:
    return tuple(_HASHED.sub(HASHED, key) for key in _split(value.get_secret_value()))


def _split(value: str) -> tuple[str, ...]:
    """The parts between commas, without white space around them."""
    parts = (part.strip() for part in value.split(","))
    return tuple(part for part in parts if part)


def _is_store(address: str) -> bool:
    """True for the address of a Redis or Valkey store, its password written as in any URL."""
    try:
        port = urlsplit(address).port
    except ValueError:  # The port or the IPv6 address is invalid.
        return False
    return port != 0 and _STORE.fullmatch(address) is not None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
