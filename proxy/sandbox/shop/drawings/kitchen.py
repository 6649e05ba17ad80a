"""Mugs, teapots, pans."""

from proxy.sandbox.shop.drawings.paint import (
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


def mug(paint: Paint) -> str:
    """Straight, round or tapered; dipped, speckled or with a rim."""
    handle = line("M268 178q66-10 66 50t-76 56", paint.dark, 22)
    body, left = (
        ("M104 130v180q0 34 34 34h106q34 0 34-34V130z", "M104 130v180q0 34 34 34h14q-22-6-22-34V130z"),
        (
            "M112 130q-32 130 20 200 8 14 26 14h66q18 0 26-14 52-70 20-200z",
            "M112 130q-32 130 20 200 8 14 26 14h6q-46-66-18-214z",
        ),
        ("M98 130l22 190q4 24 28 24h86q24 0 28-24l22-190z", "M98 130l22 190q4 24 28 24h10q-16-4-20-24l-14-190z"),
    )[paint.variant]
    glaze = (
        path("M104 130h174v70q-30 24-58 0t-58 6-58-6z", CREAM, opacity=".9"),
        "".join(
            oval(x, y, 3, 3, paint.deep, opacity=".6")
            for x, y in (
                (150, 190),
                (182, 230),
                (214, 196),
                (236, 250),
                (170, 284),
                (206, 304),
                (246, 214),
                (140, 244),
                (226, 282),
            )
        ),
        box(99, 176, 184, 14, 0, CREAM, opacity=".85") + box(103, 202, 176, 6, 0, CREAM, opacity=".85"),
    )[paint.variant]
    rim = oval(191, 130, {0: 87, 1: 79, 2: 93}[paint.variant], 20, paint.light)
    tea = oval(191, 133, {0: 77, 1: 69, 2: 83}[paint.variant], 14, "#6b4630")
    steam = line("M168 96q-14-20 0-38t0-36", WOOD_DARK, 5, opacity=".18") + line(
        "M212 96q-14-20 0-38t0-36", WOOD_DARK, 5, opacity=".18"
    )
    return handle + path(body, paint.main) + glaze + path(left, paint.light, opacity=".75") + rim + tea + steam


def teapot(paint: Paint) -> str:
    """Round-bellied, with a bent handle or one over the top."""
    spout = path("M264 262q44-6 58-60 6-22 22-26 10 2 8 12-14 8-18 32-10 62-66 86z", paint.dark)
    over = paint.variant == 1
    handle = (
        line("M138 190q-8-116 62-116t62 116", WOOD, 12) if over else line("M120 208q-60-12-58 44t74 48", paint.dark, 17)
    )
    height = (150, 164, 138)[paint.variant]
    body = path(f"M200 {height}q94 0 94 96 0 62-44 98H150q-44-36-44-98 0-96 94-96z", paint.main)
    left = path(f"M200 {height}q-60 12-60 100 0 58 30 94h-20q-44-36-44-98 0-96 94-96z", paint.light)
    right = path(f"M232 {height + 6}q62 18 62 90 0 62-44 98h-22q40-40 40-98 0-60-36-90z", paint.dark)
    lid = path(f"M146 {height + 14}q8-30 54-30t54 30q-54 16-108 0z", paint.light) + oval(
        200, height - 22, 14, 12, paint.deep
    )
    band = line("M110 262q90 26 180 0", CREAM, 6, opacity=".85") if paint.variant != 2 else ""
    return spout + handle + body + left + right + band + lid


def pan(paint: Paint) -> str:
    """From above: the pan, its handle, what is in it."""
    handle = path("M262 250l22-22 82 84q10 14-4 28t-26 4z", WOOD if paint.variant else INK)
    handle += oval(350, 326, 6, 6, CREAM) + path("M246 248l26-24 22 20-26 26z", STEEL_DARK)
    ring = oval(168, 172, 132, 132, paint.deep) + oval(168, 172, 124, 124, paint.main)
    inside = oval(168, 172, 106, 106, "#3b3a3d") + oval(168, 172, 98, 98, "#47464a")
    shine = path("M84 144a88 88 0 0 1 70-58q-40 20-54 66z", "#6a696e", opacity=".8")
    food = (
        path("M128 168q-10-34 26-40 20-22 44 0 36 4 28 40 10 34-26 40-24 20-48 2-34-6-24-42z", "#fdfbf4")
        + oval(178, 172, 24, 22, "#f0b63c")
        + oval(172, 166, 8, 6, "#f8d684"),
        "",
        "".join(
            oval(x, y, 11, 11, c)
            for x, y, c in (
                (140, 150, "#b9433a"),
                (180, 136, "#b9433a"),
                (206, 174, "#c85549"),
                (158, 196, "#b9433a"),
                (194, 208, "#c85549"),
            )
        )
        + line("M128 178q16-12 22 6M206 140q-4 14 10 18M170 164q12 2 14 14", "#6f8f4a", 6),
    )[paint.variant]
    lip = line("M52 112a132 132 0 0 1 64-60", STEEL, 4, opacity=".7")
    return oval(176, 186, 134, 132, INK, opacity=".12") + handle + ring + inside + shine + food + lip


DRAWINGS = {"mug": mug, "teapot": teapot, "pan": pan}
