"""What kind of device an event comes from, in the ad platform's two words. Pure."""

from collections.abc import Mapping
from typing import Final

_KINDS: Final[Mapping[object, str]] = {
    **dict.fromkeys(("mobile", "ios", "android"), "mobile"),
    **dict.fromkeys(("desktop", "macos", "windows"), "desktop"),
}


def device_type(said: object) -> str | None:
    """What Segment calls `context.device.type` in the ad platform's words; None where it has none for it."""
    return _KINDS.get(said.lower()) if isinstance(said, str) else None
