"""Every setting, once. Each is read from the environment variable `BREVE_<NAME>` (upper case)."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.catalog import BUILTIN


class Settings(BaseSettings):
    """The settings of the service; the command line's options of the same name win over them."""

    model_config = SettingsConfigDict(env_prefix="BREVE_", extra="ignore")

    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that the service listens on.")
    model: str = Field(BUILTIN, description="Catalogue name, hub id (owner/name) or folder of the checkpoint to serve.")
    translator: str = Field("", description="The same of a second checkpoint, which makes the English; none: the first does.")
    runtime: Literal["auto", "torch", "ctranslate2"] = Field(
        "auto", description="What runs a checkpoint; auto takes CTranslate2 where it is installed and can."
    )
    allow_pickle: bool = Field(
        False, description="Whether weights in PyTorch's pickle format, which can hold code, may be pulled and loaded."
    )
    threads: int = Field(0, ge=0, le=256, description="Threads of the model; 0 takes what the CPU quota allows.")
    queue_size: int = Field(16, ge=1, le=1000, description="Requests that may wait; one more is answered 503.")
    deadline_seconds: float = Field(120, gt=0, le=3600, description="Longest time of one request, waiting included; then 504.")
    max_body_bytes: int = Field(2_000_000, ge=1000, description="Largest request body; a larger one is answered 413.")
    max_characters: int = Field(200_000, ge=100, description="Longest `text` in characters; a longer one is answered 422.")
    allow_urls: bool = Field(False, description="Whether `url` may be asked for; private addresses are refused even then.")
    url_timeout_seconds: float = Field(10, gt=0, le=120, description="Longest time to fetch a page.")
    api_keys: Annotated[SecretStr, NoDecode] = Field(
        SecretStr(""), description="Keys, parted by commas, one of which must be sent as `Authorization: Bearer …`; none: open."
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="How much is logged; never any text.")

    @property
    def keys(self) -> tuple[str, ...]:
        """The API keys, none if the service is open."""
        return tuple(key.strip() for key in self.api_keys.get_secret_value().split(",") if key.strip())
