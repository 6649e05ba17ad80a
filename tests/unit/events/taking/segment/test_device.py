"""Devices in the ad platform's two words."""

import pytest

from proxy.events.taking.segment.device import device_type


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        *((word, "mobile") for word in ("ios", "android", "mobile", "iOS", "Android")),
        *((word, "desktop") for word in ("macos", "windows", "desktop")),
        *((word, None) for word in ("tv", "", None, 1, ["ios"], {})),
    ],
)
def test_a_device_is_mobile_or_desktop_or_not_told(said, kind):
    assert device_type(said) == kind
