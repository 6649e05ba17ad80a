import pytest

from proxy.sandbox.shop.drawings.planted import DRAWINGS
from tests.unit.sandbox.shop.drawings.look import assert_is_drawn


@pytest.mark.parametrize("kind", DRAWINGS)
def test_it_is_drawn_in_every_colour_and_form(kind):
    assert_is_drawn(kind)
