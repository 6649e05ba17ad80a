"""Headphones, speakers, turntables."""

from proxy.sandbox.shop.drawings.paint import (
    BRASS,
    CREAM,
    INK,
    STEEL,
    STEEL_DARK,
    STEEL_LIGHT,
    WOOD,
    WOOD_DARK,
    WOOD_LIGHT,
    Paint,
    box,
    line,
    oval,
    path,
)


def headphones(paint: Paint) -> str:
    """Seen from the front, the band above."""
    inner = line("M106 246V196q0-104 94-104t94 104v50", INK, 14)
    band = line("M96 240v-46q0-120 104-120t104 120v46", paint.main, (20, 14, 24)[paint.variant])
    shine = line("M104 176q10-86 80-92", paint.light, 7)
    pads = box(108, 216, 34, 116, 17, INK) + box(258, 216, 34, 116, 17, INK)
    cups = path("M112 212h-8q-46 6-46 62t46 62h8z", paint.main) + path("M288 212h8q46 6 46 62t-46 62h-8z", paint.dark)
    lit = path("M104 212q-46 6-46 62 0 34 16 50-4-80 30-112z", paint.light)
    detail = (
        oval(84, 274, 9, 22, paint.deep) + oval(316, 274, 9, 22, paint.deep),
        "".join(line(f"M{x} {y}h14", paint.deep, 3) for x in (74, 312) for y in range(248, 306, 10)),
        line("M96 232v84M304 232v84", BRASS, 5),
    )[paint.variant]
    joints = box(92, 196, 20, 34, 8, STEEL_DARK) + box(288, 196, 20, 34, 8, STEEL_DARK)
    return inner + band + shine + pads + cups + lit + detail + joints


def speaker(paint: Paint) -> str:
    """A cabinet with two cones, a cloth front, or a portable one."""
    if paint.variant == 1:
        body = (
            box(120, 150, 160, 194, 60, paint.main)
            + box(120, 150, 52, 194, 26, paint.light)
            + box(232, 150, 48, 194, 24, paint.dark)
        )
        dots = "".join(oval(x, y, 3.4, 3.4, paint.deep) for y in range(206, 330, 15) for x in range(142, 266, 15))
        return line("M150 158q0-66 50-66t50 66", WOOD, 11) + body + dots + oval(200, 178, 24, 8, INK)
    wood, lit, dark = (WOOD, WOOD_LIGHT, WOOD_DARK) if paint.variant == 0 else (paint.main, paint.light, paint.dark)
    cabinet = box(122, 64, 156, 280, 14, wood) + box(122, 64, 22, 280, 11, lit) + box(256, 64, 22, 280, 11, dark)
    if paint.variant == 2:
        cloth = box(138, 82, 124, 214, 8, CREAM) + "".join(
            line(f"M140 {y}h120", paint.dark, 1, opacity=".35") for y in range(90, 294, 7)
        )
        return cabinet + cloth + oval(168, 320, 8, 8, BRASS) + oval(200, 320, 8, 8, INK) + line("M224 320h26", INK, 4)
    face = box(136, 80, 128, 250, 10, paint.deep)
    cones = oval(200, 140, 34, 34, INK) + oval(200, 140, 24, 24, paint.main) + oval(200, 140, 9, 9, CREAM)
    cones += oval(200, 246, 56, 56, INK) + oval(200, 246, 46, 46, paint.main) + oval(200, 246, 40, 40, paint.dark)
    return (
        cabinet + face + cones + oval(200, 246, 18, 18, paint.light) + line("M164 226a42 42 0 0 1 24-20", paint.pale, 5)
    )


def turntable(paint: Paint) -> str:
    """From above, a little tilted: plinth, record, arm."""
    wood = (WOOD, WOOD_LIGHT, WOOD_DARK) if paint.variant != 1 else (STEEL_LIGHT, "#ffffff", STEEL)
    plinth = path("M68 132h264l30 176H38z", wood[0]) + path("M38 308h324v26q0 10-10 10H48q-10 0-10-10z", wood[2])
    plinth += path("M68 132h30L76 308H38z", wood[1], opacity=".5")
    platter = oval(174, 220, 112, 72, STEEL_DARK) + oval(174, 216, 110, 70, STEEL) + oval(174, 214, 104, 66, INK)
    grooves = "".join(
        oval(174, 214, 104 - n, 66 - n * 0.63, "none", stroke="#4c4854", stroke_width=1.4) for n in range(10, 60, 9)
    )
    label = oval(174, 214, 38, 24, paint.main) + oval(166, 210, 22, 12, paint.light) + oval(174, 214, 4, 3, CREAM)
    shine = path("M92 186q30-32 70-36l-10 30q-22 4-38 18z", "#ffffff", opacity=".14")
    arm = (
        oval(308, 166, 20, 14, STEEL_DARK)
        + oval(308, 163, 14, 10, STEEL_LIGHT)
        + line("M308 163l-2 80-48 26", STEEL_LIGHT, 7)
    )
    arm += line("M262 266l-14 8", INK, 11)
    knobs = oval(84, 322, 9, 9, BRASS) + box(280, 316, 50, 10, 5, INK)
    return plinth + platter + grooves + label + shine + arm + knobs


DRAWINGS = {"headphones": headphones, "speaker": speaker, "turntable": turntable}
