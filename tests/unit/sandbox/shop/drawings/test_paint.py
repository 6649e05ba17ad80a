from proxy.sandbox.shop.drawings.paint import Paint, box, line, mix, oval, path, turned


def test_colours_are_mixed_by_their_share():
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert mix("#102030", "#ffffff", 0) == "#102030"


def test_the_tones_go_from_light_to_deep():
    paint = Paint.of("#6f7f4f", 1)
    tones = [paint.pale, paint.light, paint.main, paint.dark, paint.deep]
    assert [int(tone[1:3], 16) for tone in tones] == sorted((int(tone[1:3], 16) for tone in tones), reverse=True)
    assert paint.variant == 1


def test_strokes_are_elements():
    assert path("M0 0", "red", opacity=".5") == '<path d="M0 0" fill="red" opacity=".5"/>'
    assert 'stroke-width="2"' in box(0, 0, 1, 1, 0, "red", stroke_width=2)
    assert line("M0 0", "red", 3).startswith("<path")
    assert oval(1, 2, 3, 4, "red").startswith("<ellipse")
    assert turned("<g/>", 5) == '<g transform="rotate(5 200 200)"><g/></g>'
