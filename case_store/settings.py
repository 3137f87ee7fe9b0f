"""All settings of an installation, typed, from the environment (prefix DAMRONG_) or a `.env` file."""

from functools import lru_cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Self

from pydantic import AnyUrl, Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

TALKS = "talks"
"""The folder of recorded talks, below that of recordings."""
CHECKOUT = Path(__file__).resolve().parents[1]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]


class MissingSecret(Exception):
    """A secret that set-up should have made is not there."""


class Settings(BaseSettings):
    """One installation. Ports and `home` differ between two copies on one machine; the rest may be shared."""

    model_config = SettingsConfigDict(env_prefix="DAMRONG_", env_file=".env", extra="ignore")

    home: Path = Field(
        Path("var"), description="All state of this installation lies under this folder."
    )
    demo: bool = Field(True, description="Load demo people and offer the demo phone.")

    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in `home`.")
    redis_url: str = Field(
        "",
        pattern=r"^((redis|rediss|unix)://.+)?$",
        description="Redis URL; empty: one of our own on a socket in `home`.",
    )

    sip_port: Port = Field(5060, description="UDP port on which the telephone network reaches us.")
    sip_bind: str = Field("127.0.0.1", description="Address of the SIP port; 0.0.0.0 for all.")
    ws_port: Port = Field(
        8088, description="Port of Asterisk's web socket, for the browsers' telephones."
    )
    ws_url: AnyUrl | None = Field(
        None,
        description="Public address of the web socket (wss://…); empty: port `ws_port` of the page's host.",
    )
    agi_port: Port = Field(4573, description="Loopback port of the FastAGI server.")
    ami_port: Port = Field(5038, description="Loopback port of Asterisk's manager.")
    rtp_start: Port = Field(
        10_000, description="First port of speech; two ports for each leg of a call."
    )
    rtp_end: Port = Field(20_000, description="Last port of speech.")
    console_port: Port = Field(8000, description="HTTP port of the staff's console.")
    console_bind: str = Field("127.0.0.1", description="Address of the console; 0.0.0.0 for all.")
    secure_cookies: bool = Field(
        False,
        description="Send cookies over HTTPS only. Must be true behind a TLS proxy; false only on localhost.",
    )

    trunk_match: Annotated[tuple[IPv4Network, ...], NoDecode] = Field(
        (IPv4Network("127.0.0.1/32"),),
        description="Networks, comma-separated, from which the telephone company's calls come.",
    )
    trunk_contact: str = Field(
        "",
        pattern=r"^(sips?:[A-Za-z0-9.\-]+(:\d{1,5})?)?$",
        description="Where calls to citizens go, as sip:host:port; empty in a demo: the demo phone.",
    )

    map_link: str = Field(
        "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}",
        pattern=r"^(https://\S+)?$",
        description="Map that the console links to, with {lat} and {lon}; empty: none. Asked only when pressed.",
    )

    record_calls: bool = Field(
        True,
        description="Record what agent and citizen say; without it, replace the prompt `recorded`.",
    )
    queue_wait_seconds: Seconds = Field(45, description="A caller's time in the province's queue.")
    national_wait_seconds: Seconds = Field(90, description="A caller's time in the national queue.")
    wrap_up_seconds: Seconds = Field(
        30, description="An agent's time to finish notes after a call."
    )
    ring_seconds: Seconds = Field(
        20, description="How long one agent's telephone rings before the next."
    )
    service_level_seconds: Seconds = Field(
        20, description="An answer within this time is in the service level."
    )
    agi_slots: int = Field(
        500, ge=1, le=10_000, description="Calls that FastAGI serves at one time."
    )

    channel_down_minutes: int = Field(
        10,
        ge=1,
        le=1440,
        description="A channel that is down for longer is told to its responsible officer and the deputy.",
    )
    web_intake_url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="Address of the province's web form, with {province} for its code, asked every minute "
        "whether it answers; empty: not measured.",
    )

    session_hours: int = Field(
        12, ge=1, le=24, description="A sign-in ends after this time at the latest."
    )
    session_idle_minutes: int = Field(
        60, ge=1, le=1440, description="A sign-in ends when unused for this time."
    )

    attachment_megabytes: int = Field(
        10, ge=1, le=200, description="How large a file of a case may be."
    )
    fonts: Path = Field(
        CHECKOUT / ".tools" / "fonts",
        description="Folder of the Thai font (Laksaman.ttf, Laksaman-Bold.ttf) of documents.",
    )

    webhook_private: bool = Field(
        False,
        description="Send webhooks also to addresses of this machine and of private networks.",
    )
    audit_heads_folder: Path | None = Field(
        None,
        description="Where the heads of the audit trail are written every day, best on another machine; "
        "empty: `home`/audit-heads.",
    )

    @field_validator("trunk_match", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("rtp_end")
    @classmethod
    def _room_for_speech(cls, value: int, info: ValidationInfo) -> int:
        if value - info.data.get("rtp_start", 0) < 3:
            raise ValueError("DAMRONG_RTP_END must be at least 3 above DAMRONG_RTP_START")
        return value

    @model_validator(mode="after")
    def _under_home(self) -> Self:
        if not self.database_url:
            self.database_url = f"sqlite:///{self.home / 'damrong.sqlite3'}"
        return self

    @property
    def owns_redis(self) -> bool:
        """Whether `damrong up` runs a Redis of its own."""
        return not self.redis_url

    @property
    def redis_socket(self) -> Path:
        return self.home / "redis" / "redis.sock"

    @property
    def redis_address(self) -> str:
        return self.redis_url or f"unix://{self.redis_socket}"

    @property
    def recordings(self) -> Path:
        """Messages that callers left. Personal data: 0700."""
        return self.home / "recordings"

    @property
    def talks(self) -> Path:
        """Recorded talks, each named after its call (`pbx_id`). Personal data: 0700."""
        return self.recordings / TALKS

    @property
    def attachment_bytes(self) -> int:
        return self.attachment_megabytes * 1024 * 1024

    @property
    def attachments(self) -> Path:
        """Files of cases, by the hash of their content. Personal data: 0700."""
        return self.home / "attachments"

    @property
    def audit_heads(self) -> Path:
        """The folder of the audit trail's heads: outside the database, so that nobody rewrites both."""
        return (self.audit_heads_folder or self.home / "audit-heads").expanduser().resolve()

    def secret(self, name: str) -> str:
        """A secret that set-up made, from `home`/secrets (0600). Raises `MissingSecret`."""
        path = self.home / "secrets" / name
        try:
            return path.read_text().strip()
        except OSError as error:
            raise MissingSecret(
                f"The secret {name!r} is missing: run `make run` or `damrong up` once."
            ) from error


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
