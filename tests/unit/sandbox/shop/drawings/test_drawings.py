from proxy.sandbox.shop.catalogue import catalogue
from proxy.sandbox.shop.drawings import DRAWINGS, draw


def test_every_kind_of_thing_has_a_drawing_and_no_drawing_is_left_over():
    assert {item.kind.id for item in catalogue()} == set(DRAWINGS)


def test_a_name_cannot_break_out_of_its_picture():
    assert "<script" not in draw("mug", "#6f7f4f", 0, "<script>alert(1)</script>")
