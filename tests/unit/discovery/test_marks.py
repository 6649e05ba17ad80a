import re

from proxy.discovery.marks import BACKENDS
from proxy.rules.reading.presets import preset_names
from proxy.rules.selector import Selector


def test_every_preset_has_its_marks_and_every_mark_its_preset():
    assert sorted(marks.preset for marks in BACKENDS) == sorted(preset_names())


def test_all_places_and_patterns_can_be_read():
    for marks in BACKENDS:
        for place in (*marks.shapes, *marks.fields, *marks.body):
            path, _, pattern = place.partition(" ~ ")
            assert str(Selector.parse(path)) == path
            re.compile(pattern)
        re.compile(marks.path)
        re.compile(marks.host)


def test_a_shape_alone_is_never_enough():
    assert all(marks.fields for marks in BACKENDS)
