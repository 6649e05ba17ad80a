"""T-shirts, sweaters, beanies, laid out flat."""

from proxy.sandbox.shop.drawings.paint import CREAM, INK, Paint, box, line, oval, path


def _shadow(d: str) -> str:
    return f'<g transform="translate(5 9)" opacity=".12">{path(d, INK)}</g>'


def t_shirt(paint: Paint) -> str:
    """Plain with a pocket, striped, or with a print."""
    shape = (
        "M148 66l-62 24q-14 6-20 20l-30 78 54 24 22-44v166q0 10 10 10h156q10 0 10-10V168"
        "l22 44 54-24-30-78q-6-14-20-20l-62-24q-52 34-104 0z"
    )
    sleeves = path("M112 168l-22 44-54-24 12-32 54 22zM288 168l22 44 54-24-12-32-54 22z", paint.dark, opacity=".6")
    folds = line("M128 200q-6 60 0 130M272 190q8 70 2 140M160 110q-14 30-46 52", paint.dark, 3, opacity=".6")
    light = path("M148 66l-62 24q-14 6-20 20l-14 36q44-10 70-50 14-18 26-30z", paint.light, opacity=".6")
    detail = (
        box(216, 150, 48, 54, 6, paint.dark) + line("M218 164h44", paint.deep, 3),
        "".join(box(113, y, 174, 15, 0, CREAM, opacity=".85") for y in range(176, 330, 38)),
        oval(200, 208, 44, 44, CREAM)
        + path("M156 214q22-30 44-8t44-10q2 56-44 56-38-2-44-38z", paint.main)
        + oval(220, 188, 9, 9, paint.main),
    )[paint.variant]
    collar = line("M148 68q52 44 104 0", paint.deep, 10) + line("M146 68q54 52 108 0", paint.light, 3)
    return _shadow(shape) + path(shape, paint.main) + light + detail + sleeves + folds + collar


def sweater(paint: Paint) -> str:
    """Long sleeves, ribs, and a pattern over the chest."""
    shape = (
        "M150 64l-56 18q-20 8-26 30L34 312l46 14 36-130v140h168V196l36 130 46-14-34-200"
        "q-6-22-26-30l-56-18q-50 20-100 0z"
    )
    body = path(shape, paint.main) + path(
        "M150 64l-56 18q-20 8-26 30L34 312l18 5 44-190q10-34 54-63z", paint.light, opacity=".7"
    )
    cuffs = path("M30 306l48 16-4 18-48-14zM370 306l-48 16 4 18 48-14zM114 318h172v24H114z", paint.dark)
    ribs = "".join(line(f"M{x} 322v16", paint.deep, 2, opacity=".6") for x in range(122, 284, 10))
    pattern = (
        "".join(
            line(f"M{x} 130q16 18 0 36t0 36 0 36 0 36q-16-18 0-36t0-36 0-36 0-36", paint.dark, 4)
            for x in (150, 200, 250)
        ),
        "".join(
            path(f"M{x} {y}l11 13-11 13-11-13z", CREAM)
            for y, shift in ((122, 0), (154, 11))
            for x in range(130 + shift, 282, 22)
        )
        + line("M118 112h164M118 194h164", CREAM, 4),
        "".join(box(116, y, 168, 24, 0, CREAM, opacity=".88") for y in (150, 206, 262)),
    )[paint.variant]
    collar = line("M150 66q50 34 100 0", paint.deep, 18) + line("M150 62q50 32 100 0", paint.light, 3)
    seams = line("M116 196q4-50-6-80M284 196q-4-50 6-80", paint.deep, 3, opacity=".5")
    return _shadow(shape) + body + pattern + cuffs + ribs + seams + collar


def beanie(paint: Paint) -> str:
    """A fold, ribs, and for some a bobble."""
    shape = "M82 262q-4-172 118-176 122 4 118 176z"
    crown = (
        path(shape, paint.main)
        + path("M82 262q-4-150 90-173-50 50-50 173z", paint.light, opacity=".8")
        + path("M318 262q4-146-78-171 38 52 38 171z", paint.dark)
    )
    ribs = "".join(
        line(f"M{200 + x} 258Q{200 + x * 1.02:.0f} 150 {200 + x * 0.18:.0f} 92", paint.dark, 3.5, opacity=".7")
        for x in range(-96, 97, 24)
    )
    fold = box(68, 244, 264, 74, 26, paint.dark if paint.variant != 2 else CREAM)
    rows = "".join(
        line(f"M{x} 252v58", paint.deep if paint.variant != 2 else paint.main, 3.5, opacity=".55")
        for x in range(86, 322, 14)
    )
    bobble = (
        "",
        "".join(
            oval(200 + dx, 76 + dy, 24, 24, c)
            for dx, dy, c in ((-20, 6, paint.light), (20, 6, paint.dark), (0, -14, paint.pale), (0, 10, paint.main))
        ),
        "",
    )[paint.variant]
    patch = box(232, 262, 52, 36, 5, CREAM) + line("M244 280h28", paint.deep, 4) if paint.variant == 0 else ""
    return (
        _shadow("M82 262q-4-172 118-176 122 4 118 176v40q0 16-26 16H94q-26 0-26-26z")
        + crown
        + ribs
        + fold
        + rows
        + bobble
        + patch
    )


DRAWINGS = {"t-shirt": t_shirt, "sweater": sweater, "beanie": beanie}
