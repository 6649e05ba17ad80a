"""Whether what Redis acknowledges survives it, from what it says of itself. Pure."""

from collections.abc import Mapping
from typing import Final

OLDEST: Final = (6, 2)
"""The first version that has all that the scripts use (exclusive ranges, XPENDING with IDLE)."""

WANTED: Final = {
    "appendonly": ("yes", "what it acknowledged is lost when it ends"),
    "appendfsync": ("always", "what it acknowledged last is lost when its machine ends"),
    "maxmemory-policy": ("noeviction", "it may throw waiting events away when its memory is full"),
}


def version_of(info: Mapping[str, object]) -> tuple[int, ...]:
    """The version that `INFO` names; (0,) where it names none."""
    parts = str(info.get("redis_version", "0")).split(".")
    return tuple(int(part) if part.isdigit() else 0 for part in parts[:2])


def too_old(info: Mapping[str, object]) -> str:
    """What is wrong with its version; "" for nothing."""
    if version_of(info) >= OLDEST:
        return ""
    return f"it is version {info.get('redis_version', 'unknown')}; use {'.'.join(map(str, OLDEST))} or later"


def warning_of(info: Mapping[str, object], config: Mapping[str, str]) -> str:
    """Why an accepted event might be lost; "" where it cannot be.

    Args:
        info: what `INFO` says.
        config: what `CONFIG GET` says; empty where it is forbidden (a managed Redis does so).
    """
    said = config or _by_info(info)
    faults = [
        f"{name} is {said[name]}, not {wanted}: {why}"
        for name, (wanted, why) in WANTED.items()
        if name in said and said[name] != wanted
    ]
    unknown = [name for name in WANTED if name not in said]
    if unknown:
        faults.append(f"CONFIG is forbidden there, so it cannot be known whether {_wishes(unknown)}")
    return "; ".join(faults)


def _by_info(info: Mapping[str, object]) -> Mapping[str, str]:
    """What is known without CONFIG."""
    said = {}
    if "aof_enabled" in info:
        said["appendonly"] = "yes" if str(info["aof_enabled"]) == "1" else "no"
    if "maxmemory_policy" in info:
        said["maxmemory-policy"] = str(info["maxmemory_policy"])
    return said


def _wishes(names: list[str]) -> str:
    return ", ".join(f"{name} is {WANTED[name][0]}" for name in names)
