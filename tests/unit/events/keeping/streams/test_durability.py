"""What Redis says of itself, and whether an accepted event could be lost by it."""

import pytest

from proxy.events.keeping.streams.durability import too_old, warning_of

DURABLE = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}


def test_a_durable_redis_is_not_warned_of():
    assert warning_of({}, DURABLE) == ""


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("appendonly", "no", "lost when it ends"),
        ("appendfsync", "everysec", "lost when its machine ends"),
        ("maxmemory-policy", "allkeys-lru", "throw waiting events away"),
    ],
)
def test_what_is_not_durable_is_named_with_what_it_costs(name, value, why):
    warning = warning_of({}, DURABLE | {name: value})
    assert f"{name} is {value}, not {DURABLE[name]}" in warning
    assert why in warning


def test_where_config_is_forbidden_what_info_tells_is_taken_and_the_rest_cannot_be_known():
    info = {"aof_enabled": 1, "maxmemory_policy": "noeviction"}
    assert warning_of(info, {}) == "CONFIG is forbidden there, so it cannot be known whether appendfsync is always"
    assert "appendonly is no, not yes" in warning_of(info | {"aof_enabled": 0}, {})


@pytest.mark.parametrize(
    ("version", "is_too_old"), [("5.0.14", True), ("6.0.9", True), ("6.2.0", False), ("7.0.15", False)]
)
def test_a_version_without_what_the_scripts_use_is_told(version, is_too_old):
    assert bool(too_old({"redis_version": version})) is is_too_old
