"""Lamps."""

from proxy.sandbox.shop.drawings.paint import BRASS, BRASS_DARK, INK, WOOD, WOOD_DARK, Paint, box, line, oval, path

_GLOW = "#ffeec2"


def _glow(x: float, y: float, size: float) -> str:
    return oval(x, y, size, size * 0.8, _GLOW, opacity=".35") + oval(x, y, size * 0.62, size * 0.5, _GLOW, opacity=".5")


def table_lamp(paint: Paint) -> str:
    """A shade in one of three forms, on a turned foot."""
    shade = (
        path("M148 92h104l44 118H104z", paint.main)
        + path("M148 92h34l-22 118h-56z", paint.light)
        + path("M226 92h26l44 118h-48z", paint.dark),
        path("M104 210a96 96 0 0 1 192 0z", paint.main)
        + path("M104 210a96 96 0 0 1 78-94q-34 34-38 94z", paint.light)
        + path("M296 210a96 96 0 0 0-62-90q26 36 28 90z", paint.dark),
        box(122, 92, 156, 118, 8, paint.main)
        + box(122, 92, 42, 118, 8, paint.light)
        + box(246, 92, 32, 118, 8, paint.dark)
        + "".join(line(f"M{x} 96v110", paint.dark, 1.2, opacity=".35") for x in range(136, 272, 12)),
    )[paint.variant]
    foot = (
        path("M188 210h24v92h-24z", BRASS) + path("M203 210h9v92h-9z", BRASS_DARK),
        path("M192 210h16q-2 22 22 44 26 28 4 52h-68q-22-24 4-52 24-22 22-44z", paint.deep)
        + path("M192 210h6q0 24-20 46-20 26-8 50h-4q-22-24 4-52 24-22 22-44z", paint.dark),
        oval(200, 232, 20, 18, WOOD) + oval(200, 268, 30, 26, WOOD) + oval(208, 272, 20, 20, WOOD_DARK, opacity=".5"),
    )[paint.variant]
    base = (
        path("M146 344q0-40 54-42 54 2 54 42z", paint.deep)
        if paint.variant != 1
        else box(158, 304, 84, 40, 10, paint.deep)
    )
    return _glow(200, 214, 120) + foot + base + shade + line("M254 338q40 10 62 4t64 2", paint.deep, 3)


def floor_lamp(paint: Paint) -> str:
    """A tall one: straight, bowed or on three legs."""
    if paint.variant == 1:
        stem = line("M150 340V150q0-92 86-92 44 0 56 40", BRASS, 6)
        shade = path("M238 100h108a54 54 0 0 0-108 0z", paint.main) + path(
            "M238 100a54 54 0 0 1 44-53q-22 22-24 53z", paint.light
        )
        return _glow(292, 112, 70) + stem + box(104, 332, 92, 12, 6, paint.deep) + shade
    shade = path("M160 52h80l34 92H126z", paint.main) + path("M160 52h26l-18 92h-42z", paint.light)
    shade += path("M220 52h20l34 92h-36z", paint.dark)
    if paint.variant == 0:
        legs = line("M200 144v190", BRASS, 6) + path("M140 344q4-16 60-16t60 16z", paint.deep)
    else:
        legs = line("M200 166L142 342", WOOD, 8) + line("M200 166l58 176", WOOD_DARK, 8) + line("M200 166v164", WOOD, 8)
        legs += line("M200 144v24", BRASS, 8) + line("M168 262h64", WOOD_DARK, 4)
    return _glow(200, 150, 100) + legs + shade


def pendant(paint: Paint) -> str:
    """From the ceiling: a bell, a globe, a wide dish."""
    cord = line("M200 0v128", INK, 3) + box(190, 112, 20, 24, 6, BRASS)
    shade = (
        path("M180 134h40q6 70 62 96 14 8 14 30H104q0-22 14-30 56-26 62-96z", paint.main)
        + path("M180 134h12q-2 76-46 102-14 8-14 24h-28q0-22 14-30 56-26 62-96z", paint.light)
        + path("M212 134h8q6 70 62 96 14 8 14 30h-26q0-20-12-28-42-28-46-98z", paint.dark),
        oval(200, 214, 82, 80, paint.main)
        + path("M118 214a82 80 0 0 1 70-79q-44 30-44 79t40 78q-66-12-66-78z", paint.light)
        + path("M282 214a82 80 0 0 1-60 77q34-32 34-77t-32-75q58 12 58 75z", paint.dark),
        path("M184 136h32q10 40 116 92v14H68v-14q106-52 116-92z", paint.main)
        + path("M184 136h10q-4 46-84 106H68v-14q106-52 116-92z", paint.light)
        + path("M208 136h8q10 40 116 92v14h-52q-62-52-72-106z", paint.dark),
    )[paint.variant]
    rim = ((200, 260, 96, 12), (200, 288, 26, 8), (200, 242, 132, 12))[paint.variant]
    return _glow(200, 290, 104) + cord + shade + oval(*rim, _GLOW) + oval(*rim, paint.deep, opacity=".18")


DRAWINGS = {"table-lamp": table_lamp, "floor-lamp": floor_lamp, "pendant": pendant}
