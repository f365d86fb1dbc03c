"""Every setting, once. Each is read from the environment variable `BREVE_<NAME>` (upper case).

White space around a value does not count, and an empty one means the default, as `${BREVE_PORT:-}`
in other programs' files gives it; only an empty BREVE_TRANSLATOR means something of its own: none.
"""

import ipaddress
import re
from typing import Annotated, Any, Final, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.batching import PASS_TOKENS
from models.checkpoints.catalog import AUTO, BUILTIN

HASHED: Final = "sha256:"  # begins a key that is given as its digest
_HASHED: Final = re.compile(rf"\A{HASHED}", re.IGNORECASE)  # some tools print it in capitals
_DIGEST: Final = re.compile(rf"{HASHED}[0-9a-fA-F]{{64}}")
_ORIGIN: Final = re.compile(r"\*|https?://[^\s/?#@*]+", re.IGNORECASE)
_MAY_BE_EMPTY: Final = "translator"


class Settings(BaseSettings):
    """The settings of the service; the command line's options of the same name win over them."""

    model_config = SettingsConfigDict(env_prefix="BREVE_", extra="ignore")

    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that the service listens on.")
    model: str = Field(
        BUILTIN,
        description="Catalogue name, hub id (owner/name) or folder of the checkpoint to serve.",
    )
    translator: str = Field(
        AUTO,
        description="The same of a second checkpoint, which makes the English; auto: the model itself where it translates, else "
        "the built-in opus-mt; empty: none (of any other setting an empty value means the "
        "default).",
    )
    glossary_file: str = Field(
        "",
        description="File of terms for the English, TOML or JSON, beside the built-in ones; those of a request win.",
    )
    runtime: Literal["auto", "torch", "ctranslate2"] = Field(
        "auto",
        description="What runs a checkpoint; auto takes the fastest that can: our decoder, CTranslate2 or torch.",
    )
    allow_pickle: bool = Field(
        False,
        description="Whether weights in PyTorch's pickle format, which can hold code, may be pulled and loaded.",
    )
    threads: int = Field(
        0, ge=0, le=256, description="Threads of the model; 0 takes what the CPU quota allows."
    )
    concurrency: int = Field(
        16, ge=1, le=64, description="Articles worked on at the same time; their passes are shared."
    )
    batch_tokens: int = Field(
        PASS_TOKENS,
        ge=0,
        description="Tokens of a shared pass, answers, beams and padding counted; 0: articles share no pass.",
    )
    queue_size: int = Field(
        64, ge=1, le=10_000, description="Requests that may wait; one more is answered 503."
    )
    queue_tokens: int = Field(
        64_000,
        ge=1,
        description="Tokens of article, estimated from characters, that may wait; beyond them: 503.",
    )
    deadline_seconds: float = Field(
        120, gt=0, le=3600, description="Longest time of one request, waiting included; then 504."
    )
    stuck_seconds: float = Field(
        60,
        gt=0,
        le=3600,
        description="Longest silence of the model between two tokens; then the worker counts as stuck.",
    )
    max_body_bytes: int = Field(
        2_000_000, ge=1000, description="Largest request body; a larger one is answered 413."
    )
    max_bodies_bytes: int = Field(
        64_000_000,
        validate_default=True,
        description="Request bodies that are held at once, in bytes, until they are answered; one that does not fit: 503.",
    )
    body_seconds: float = Field(
        30, gt=0, le=3600, description="Longest time for a request's body to arrive; then 408."
    )
    max_connections: int = Field(
        512,
        ge=1,
        le=100_000,
        description="Most connections at once, and at most half of the file descriptors; then the longest idle one is closed.",
    )
    header_seconds: float = Field(
        30,
        gt=0,
        le=3600,
        description="Longest time for a request's headers to arrive, and for a client to read an answer on.",
    )
    max_characters: int = Field(
        200_000, ge=100, description="Longest `text` in characters; a longer one is answered 422."
    )
    allow_urls: bool = Field(
        False,
        description="Whether `url` may be asked for; private addresses are refused even then.",
    )
    url_timeout_seconds: float = Field(
        10, gt=0, le=120, description="Longest time to fetch a page."
    )
    batch_items: int = Field(
        100, ge=1, le=10_000, description="Most articles of one batch; more are answered 422."
    )
    cache_bytes: int = Field(
        32_000_000, ge=0, description="Bytes of answers that are kept in memory; 0: none are."
    )
    api_keys: Annotated[SecretStr, NoDecode] = Field(
        SecretStr(""),
        description="Keys, or `sha256:` and the hex digest of one, parted by commas; one must be sent as "
        "`Authorization: Bearer …`. None: open.",
    )
    cors_origins: str = Field(
        "",
        description="Origins whose pages may ask the service from a browser, like `https://cms.example.org`, parted by commas; "
        "`*`: all. Empty: its own page only.",
    )
    allowed_hosts: str = Field(
        "",
        description="Names by which the service may be asked (Host), parted by commas; localhost and IP addresses always may; "
        "`*`: any. Empty: only these on loopback without keys, elsewhere any.",
    )
    allow_open: bool = Field(
        False, description="Whether the service may listen on more than loopback without keys."
    )
    rate_limit: str = Field(
        "",
        pattern=r"^([1-9]\d{0,8}/(second|minute|hour|day))?$",
        description="Most articles of one key (or address, without keys), like `60/minute`; then 429. Empty: no limit.",
    )
    exit_when_broken: bool = Field(
        False,
        description="Whether the process ends when its worker fails, dies or hangs, to be started anew.",
    )
    log_level: str = Field(
        "info",
        pattern="^(debug|info|warning|error)$",
        description="How much is logged; never any text.",
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="How a line of the log is written; json: an object a line."
    )
    otel: bool = Field(
        False,
        description="Whether OpenTelemetry spans are sent (extra `otel`), to OTEL_EXPORTER_OTLP_ENDPOINT.",
    )

    @model_validator(mode="before")
    @classmethod
    def _given(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The values that say something."""
        stripped = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in values.items()
        }
        return {
            name: value for name, value in stripped.items() if value != "" or name == _MAY_BE_EMPTY
        }

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_any_case(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("api_keys")
    @classmethod
    def _digests(cls, value: SecretStr) -> SecretStr:
        wrong = [
            key for key in _parted(value) if key.startswith(HASHED) and not _DIGEST.fullmatch(key)
        ]
        if wrong:
            raise ValueError(
                f"after {HASHED} 64 hexadecimal digits are expected, as `printf %s KEY | "
                f"sha256sum` prints them"
            )
        return value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        if wrong := [origin for origin in _listed(value) if not _ORIGIN.fullmatch(origin)]:
            raise ValueError(
                f"{wrong[0]!r} is no origin: a scheme and a host without a path, like "
                f"https://cms.example.org, or *"
            )
        return value

    @field_validator("max_bodies_bytes")
    @classmethod
    def _fits_one(cls, value: int, info: ValidationInfo) -> int:
        one = info.data.get("max_body_bytes", 0)
        if value < one:
            raise ValueError(
                f"one body may have BREVE_MAX_BODY_BYTES={one}, so at least as many are needed"
            )
        return value

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may ask."""
        return _listed(self.cors_origins.lower())  # as browsers send them

    @property
    def hosts(self) -> frozenset[str]:
        """The names by which the service may be asked, in lower case; none if it may be asked by
        any."""
        given = _listed(self.allowed_hosts.lower())
        if "*" in given or not (given or (_is_loopback(self.host) and not self.keys)):
            return frozenset()
        return frozenset({"localhost", self.host.lower(), *given})

    @property
    def keys(self) -> tuple[str, ...]:
        """The API keys, plain, or HASHED and a digest; none if the service is open."""
        return _parted(self.api_keys)

    def why_closed(self) -> str:
        """Why the service must not listen with these settings; empty if it may."""
        if self.keys or self.allow_open or _is_loopback(self.host):
            return ""
        return (
            f"BREVE_HOST={self.host} can be reached from other machines, and no keys are set. Set "
            f"BREVE_API_KEYS, or "
            "BREVE_ALLOW_OPEN=true if something else (a proxy, a firewall, a published port on "
            "127.0.0.1) keeps others out."
        )


def _parted(keys: SecretStr) -> tuple[str, ...]:
    return tuple(_HASHED.sub(HASHED, key) for key in _listed(keys.get_secret_value()))


def _listed(value: str) -> tuple[str, ...]:
    """What commas part, without white space around it."""
    return tuple(part for each in value.split(",") if (part := each.strip()))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
