"""What the process is told: every setting of `serve`, once.

`SETTINGS` is the one list: the flags, the environment variables, the checks
(`read_settings.py`) and `docs/settings.md` are made from it. `Settings` is
what everybody else reads; it is frozen, and no secret in it shows itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from proxy.events.taking.guard import Rate
from proxy.server import units
from proxy.server.key import Key
from proxy.server.units import Address, Network

PREFIX: Final = "SPONSORED_PROXY_"
KEY_VARIABLE: Final = PREFIX + "ADS_KEY"
_SMALLEST_OUTBOX: Final = 2**20


@dataclass(frozen=True)
class Settings:
    """The settings in force. Durations in seconds, sizes in bytes; limits are for each worker."""

    upstream: str
    upstream_timeout: float
    upstream_ca: Path | None
    upstream_cert: Path | None
    upstream_key: Path | None
    preserve_host: bool
    rules: Path
    data: Path
    listen: Address
    workers: int
    max_connections: int
    max_in_flight: int | None
    keep_alive: float
    max_body: int
    cache_size: int
    trusted_proxies: tuple[Network, ...]
    tls_cert: Path | None
    tls_key: Path | None
    ads_url: str
    ads_api: str
    ads_key: Key = field(repr=False)
    ads_key_file: Path | None
    ads_ca: Path | None
    no_status_headers: bool
    no_events: bool
    events_prefix: str
    events_origins: tuple[str, ...] | None
    events_rate: Rate | None
    outbox_size: int
    redis: str | None = field(repr=False)
    widget_auctions: bool
    segment_write_key_file: Path | None
    segment_secret_file: Path | None
    segment_mapping: Path | None
    admin: Address
    admin_token: str | None = field(repr=False)
    drain: float
    drain_lag: float
    log_format: str
    told: Mapping[str, str] = field(repr=False)
    """The same as text, without the key: what a worker is told (`read_settings.again`)."""


@dataclass(frozen=True)
class Setting:
    """One setting: `name` is the flag without its dashes, `read` makes the value or raises ValueError."""

    name: str
    shape: str
    read: Callable[[str], Any]
    default: str | None
    help: str
    required: bool = False
    secret: bool = False

    @property
    def flag(self) -> str:
        return f"--{self.name}"

    @property
    def attribute(self) -> str:
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        return PREFIX + self.attribute.upper()

    @property
    def is_switch(self) -> bool:
        """A flag without a value."""
        return not self.shape


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"there is no such choice; write one of {', '.join(words)}")
        return text

    return read


def _existing_file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def _token(text: str) -> str:
    if not (text.isascii() and text.isprintable()) or len(text) < 16 or " " in text:
        raise ValueError("too weak, or not printable; write at least 16 letters and digits")
    return text


def _outbox_size(text: str) -> int:
    size = units.size(text)
    if size < _SMALLEST_OUTBOX:
        raise ValueError("too small for a few requests of events; write 1MiB or more")
    return size


def _switch(name: str, help: str) -> Setting:
    return Setting(name, "", units.yes_or_no, "false", help)


_time, _file, _number = units.duration, _existing_file, units.whole_number

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("upstream", "URL", units.url, None, "the marketplace's search backend", required=True),
    Setting("upstream-timeout", "TIME", _time, "60s", "how long the marketplace may take to its first byte"),
    Setting("upstream-ca", "FILE", _file, None, "certificates to trust for the marketplace instead of the system's"),
    Setting("upstream-cert", "FILE", _file, None, "our own certificate towards the marketplace (mutual TLS)"),
    Setting("upstream-key", "FILE", _file, None, "the key of --upstream-cert"),
    _switch("preserve-host", "send the shopper's Host to the marketplace, not its own name"),
    Setting("rules", "DIR", Path, "rules/", "the rules, one YAML file a page; edits count within a second"),
    Setting("data", "DIR", Path, "data/", "what must survive a restart; the only folder that is written to"),
    Setting("listen", "ADDRESS", units.address, "127.0.0.1:8080", "where shoppers come in"),
    Setting("workers", "N", _number, "1", "processes that serve; one a core at most"),
    Setting("max-connections", "N", _number, "10000", "shoppers' connections; more wait in line"),
    Setting("max-in-flight", "N", _number, None, "requests of one client at a time, by address; more get a 429"),
    Setting("keep-alive", "TIME", _time, "75s", "how long an idle connection stays; longer than the load balancer's"),
    Setting("max-body", "SIZE", units.size, "4MiB", "larger answers (decoded) stream through without ads"),
    Setting("cache-size", "SIZE", units.size, "64MiB", "memory for the answers that rules keep (`cache`); 0 for none"),
    Setting("trusted-proxies", "LIST", units.networks, "private", "whose X-Forwarded-* count: networks, private, none"),
    Setting("tls-cert", "FILE", _file, None, "serve HTTPS with this chain (PEM); SIGHUP reads it again"),
    Setting("tls-key", "FILE", _file, None, "the key of --tls-cert"),
    Setting("ads-url", "URL", units.url, "https://api.topsort.com", "the ad platform"),
    Setting("ads-api", "v2|v1", _one_of("v2", "v1"), "v2", "the version of the ad platform's auctions API"),
    Setting("ads-key-file", "FILE", Path, None, f"holds the ad platform's key (or {KEY_VARIABLE}); may be rotated"),
    Setting("ads-ca", "FILE", _file, None, "certificates to trust for the ad platform instead of the system's"),
    _switch("no-status-headers", "leave Sponsored-Status and Server-Timing out of the answers"),
    _switch("no-events", "take no events; their paths are the marketplace's"),
    Setting("events-prefix", "PATH", units.path_prefix, "/topsort", "in front of /v2/events, /v1/events; / for none"),
    Setting("events-origins", "LIST", units.origins, None, "pages that may send events, or *; without: the shop's own"),
    Setting("events-rate", "N/s", units.rate, None, "events of one client, by address; more get a 429"),
    Setting("outbox-size", "SIZE", _outbox_size, "1GiB", "events that wait on disk; more get a 503"),
    Setting("redis", "URL", units.redis_url, None, "keep events there, for many machines; not in --data", secret=True),
    _switch("widget-auctions", "answer banner widgets' auctions (/v2/auctions), too"),
    Setting("segment-write-key-file", "FILE", Path, None, "take Segment's events with these write keys, one a line"),
    Setting("segment-secret-file", "FILE", Path, None, "take Segment's webhook, signed with the secret in this file"),
    Setting("segment-mapping", "FILE", Path, None, "which of Segment's calls is which event (YAML)"),
    Setting("admin", "ADDRESS", units.address, "127.0.0.1:9090", "health, metrics, admin page; never for shoppers"),
    Setting("admin-token", "TOKEN", _token, None, "needed where --admin is not loopback (not by probes)", secret=True),
    Setting("drain", "TIME", _time, "30s", "how long requests under way may take to end after SIGTERM"),
    Setting("drain-lag", "TIME", _time, "0s", "serve on, but not ready, so long after SIGTERM"),
    Setting("log-format", "text|json", _one_of("text", "json"), "text", "how log lines are written"),
)


def as_markdown() -> str:
    """`docs/settings.md`, so that what is documented is what is read."""
    return _PAGE.format(key=KEY_VARIABLE, rows="\n".join(_row(setting) for setting in SETTINGS))


def _row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default else "**required**" if setting.required else ""
    cells = (f"`{f'{setting.flag} {setting.shape}'.strip()}`", f"`{setting.variable}`", default, setting.help)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


_PAGE: Final = """# Settings of `serve`

Made by `python -m proxy.server.settings > docs/settings.md`; a test fails where the two differ.

Each setting is a flag or an environment variable; the flag wins, and an empty variable says nothing. Limits are for
each worker. The ad platform's key is never a flag: it comes from the file of `--ads-key-file`, or from `{key}`.

| flag | variable | default | what it says |
|---|---|---|---|
{rows}
"""

if __name__ == "__main__":
    print(as_markdown(), end="")
