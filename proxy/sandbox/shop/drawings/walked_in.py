"""Shoes, seen from the side, toes to the right."""

from proxy.sandbox.shop.drawings.paint import (
    CREAM,
    SOLE,
    STEEL_DARK,
    WOOD,
    WOOD_DARK,
    WOOD_LIGHT,
    Paint,
    box,
    line,
    oval,
    path,
)


def sneaker(paint: Paint) -> str:
    """Laces, a thick sole, a stripe, a wave or a patch on the side."""
    upper = path("M70 312q-8-70 8-122 4-14 20-10 30 12 62-4 16-8 26 6 34 48 86 62 52 12 56 44 2 14-2 24z", paint.main)
    heel = path("M70 312q-8-70 8-122 4-14 20-10l8 3q-12 70-4 129z", paint.dark)
    toe = path("M252 238l20 6q52 12 56 44 2 14-2 24h-64q-22-36-10-74z", paint.light)
    tongue = path("M150 180q-6-26 16-34 18-4 26 10l10 40-26 4z", paint.light)
    opening = path("M78 190q4-14 20-10 30 12 62-4-8 26-46 26-26 0-36-12z", paint.deep)
    mark = (
        "".join(line(f"M{x} 300l20-76", CREAM, 8) for x in (124, 150, 176)),
        line("M106 280q50 26 92-34 8 36 50 40", CREAM, 9),
        oval(150, 256, 26, 26, CREAM) + oval(150, 256, 13, 13, paint.dark),
    )[paint.variant]
    laces = "".join(line(f"M{186 + n * 19} {192 + n * 15}l-22 18", CREAM, 6) for n in range(4))
    sole = path("M58 306q-2 38 22 38h240q22 0 20-24-1-12-10-14-120 16-272 0z", SOLE)
    sole += path("M60 326q4 18 20 18h240q18 0 20-16-120 14-280-2z", paint.deep, opacity=".35")
    return tongue + upper + heel + toe + opening + mark + laces + sole


def boot(paint: Paint) -> str:
    """Ankle-high: laced, with elastic, or with a cuff."""
    upper = path("M124 84h92q6 66 14 104 14 30 62 44 34 12 34 60v20H120q-8-110 4-228z", paint.main)
    back = path("M124 84h26q-12 120-4 228h-26q-8-110 4-228z", paint.dark)
    toe = path("M256 216q14 10 36 16 34 12 34 60v20h-62q-20-52-8-96z", paint.light)
    detail = (
        "".join(line(f"M{168 + n * 2} {112 + n * 26}l{56 + n * 3} 6", CREAM, 5) for n in range(4))
        + "".join(oval(x, 112 + n * 26, 4, 4, STEEL_DARK) for n in range(4) for x in (166 + n * 2,)),
        path("M168 90h30l10 96q-22 26-40 0z", paint.deep)
        + "".join(line(f"M{174 + n * 7} 96l2 90", paint.dark, 2) for n in range(4)),
        box(116, 72, 108, 34, 12, CREAM) + line("M176 130l50 0M178 156l54 0M182 182l56 2", CREAM, 5),
    )[paint.variant]
    pull = box(116, 70, 14, 30, 6, paint.deep) if paint.variant != 2 else ""
    sole = path("M112 308h220q6 14-4 22l-8 14H196l-8-12h-16v12h-56q-8-16-4-36z", paint.deep)
    welt = line("M116 312h210", WOOD_LIGHT, 5)
    return pull + upper + back + toe + detail + sole + welt


def sandal(paint: Paint) -> str:
    """Two straps over a footbed."""
    sole = path("M54 300q-6 40 24 42h248q30 0 26-32-40 2-88-6-80-16-136-10-44 4-74 6z", WOOD_DARK)
    bed = path("M54 300q0-22 30-22 60 4 108-6 60-8 112 14 44 12 48 26-40 8-92-2-76-14-136-8-48 4-70-2z", WOOD_LIGHT)
    strap = path("M190 286q-4-74 34-86 46-6 62 92-30 8-54 2-26-8-42-8z", paint.main)
    strap += path("M190 286q-4-74 34-86l8-1q-32 22-26 88z", paint.light)
    second = (
        path("M92 288q0-62 34-72 34-4 48 66-44 12-82 6z", paint.main)
        + path("M92 288q0-62 34-72l6 0q-28 18-24 74z", paint.light),
        line("M96 286q-16-84 30-104 40-10 70 62", paint.main, 16),
        path("M100 288q4-40 110-80l30 26q-80 12-86 50-28 8-54 4z", paint.dark),
    )[paint.variant]
    buckle = box(232, 218, 24, 20, 4, "none", stroke="#c9a25a", stroke_width=5) + line("M244 218v20", "#c9a25a", 4)
    return second + bed + sole + strap + buckle + line("M60 322q140 14 288-2", WOOD, 3, opacity=".6")


DRAWINGS = {"sneaker": sneaker, "boot": boot, "sandal": sandal}
