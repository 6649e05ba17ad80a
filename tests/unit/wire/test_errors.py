"""proxy/wire/errors.py"""

from proxy.errors import Trouble
from proxy.wire import errors


def test_every_trouble_of_this_wing_is_one_tree() -> None:
    made = [getattr(errors, name) for name in dir(errors) if name[0].isupper()]
    troubles = [each for each in made if issubclass(each, Trouble)]
    assert all(issubclass(each, errors.WireTrouble) for each in troubles if each is not Trouble)
    assert issubclass(errors.HeadTooLarge, errors.BrokenAnswer)


def test_a_body_that_is_too_large_is_no_trouble_and_keeps_what_was_read() -> None:
    assert not issubclass(errors.BodyTooLarge, Trouble)
    assert errors.BodyTooLarge(b"abc").prefix == b"abc"
