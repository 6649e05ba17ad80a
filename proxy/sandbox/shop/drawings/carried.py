"""Bags."""

from proxy.sandbox.shop.drawings.paint import (
    BRASS,
    CREAM,
    INK,
    STEEL,
    STEEL_DARK,
    WOOD,
    WOOD_DARK,
    Paint,
    box,
    line,
    oval,
    path,
)


def backpack(paint: Paint) -> str:
    """A flap with straps, a zip, or a roll top."""
    handle = line("M176 84q0-34 24-34t24 34", paint.deep, 9)
    straps = line("M118 150q-26 70-8 170", paint.deep, 16) + line("M282 150q26 70 8 170", paint.deep, 16)
    body = path("M112 168q0-90 88-90t88 90v134q0 40-40 40h-96q-40 0-40-40z", paint.main)
    side = path("M112 168q0-76 62-88-30 28-30 88v172q-32-2-32-38z", paint.light)
    far = path("M288 168q0-62-40-82 14 30 14 82v172q26-4 26-38z", paint.dark)
    top = (
        path("M116 176q-2-92 84-98 86 6 84 98-84 34-168 0z", paint.dark)
        + box(152, 160, 16, 66, 5, WOOD_DARK)
        + box(232, 160, 16, 66, 5, WOOD_DARK)
        + box(149, 206, 22, 16, 3, BRASS)
        + box(229, 206, 22, 16, 3, BRASS),
        line("M130 180q6-76 70-78 64 2 70 78", paint.deep, 5) + box(262, 176, 14, 26, 5, BRASS),
        box(122, 74, 156, 46, 18, paint.dark) + box(190, 70, 20, 96, 5, WOOD_DARK) + box(186, 146, 28, 18, 4, BRASS),
    )[paint.variant]
    pocket = box(136, 232, 128, 88, 18, paint.dark) + box(140, 228, 120, 84, 18, paint.light, opacity=".35")
    patch = box(182, 262, 36, 26, 4, WOOD)
    return handle + straps + body + side + far + pocket + line("M144 250h112", paint.deep, 4) + top + patch


def tote(paint: Paint) -> str:
    """Handles, and something printed on it."""
    far = line("M158 150q0-92 42-92t42 92", paint.deep, 9)
    body = path("M112 138h176l18 190q2 16-14 16H108q-16 0-14-16z", paint.main)
    side = path("M112 138h32l-12 206h-24q-16 0-14-16z", paint.light)
    shade = path("M264 138h24l18 190q2 16-14 16h-30z", paint.dark)
    print_ = (
        oval(200, 244, 44, 44, CREAM, opacity=".9") + path("M160 258q20-26 40-4t40-6a44 44 0 0 1-80 10z", paint.dark),
        "".join(box(104, y, 192, 16, 0, CREAM, opacity=".85") for y in (206, 246, 286)),
        line("M200 302V206M200 238l-30-24M200 238l30-24M200 276l-34-24M200 276l34-24", CREAM, 7),
    )[paint.variant]
    near = line("M150 168q-4-130 50-130t50 130", WOOD if paint.variant == 2 else paint.dark, 11)
    return far + body + side + shade + print_ + line("M112 152h176", paint.deep, 3, opacity=".5") + near


def suitcase(paint: Paint) -> str:
    """A cabin case: ribs, a plain shell, or corners."""
    pull = line("M172 92V40h56v52", STEEL, 8) + box(164, 30, 72, 18, 9, INK)
    wheels = "".join(oval(x, 338, 14, 12, INK) + oval(x, 338, 5, 4, STEEL) for x in (140, 260))
    shell = box(116, 86, 168, 244, 26, paint.main) + path("M142 86h20v244h-20q-26 0-26-26V112q0-26 26-26z", paint.light)
    shell += path("M258 86q26 0 26 26v192q0 26-26 26h-14V86z", paint.dark)
    detail = (
        "".join(line(f"M{x} 104v208", paint.deep, 5, opacity=".45") for x in (150, 175, 200, 225, 250)),
        line("M116 208h168", paint.deep, 5) + box(184, 196, 32, 24, 5, STEEL_DARK),
        "".join(
            path(d, WOOD_DARK)
            for d in (
                "M116 128V112q0-26 26-26h16z",
                "M284 128V112q0-26-26-26h-16z",
                "M116 288v16q0 26 26 26h16z",
                "M284 288v16q0 26-26 26h-16z",
            )
        )
        + box(152, 86, 18, 244, 0, WOOD)
        + box(230, 86, 18, 244, 0, WOOD),
    )[paint.variant]
    return pull + wheels + shell + detail + box(172, 78, 56, 16, 8, paint.deep)


DRAWINGS = {"backpack": backpack, "tote": tote, "suitcase": suitcase}
