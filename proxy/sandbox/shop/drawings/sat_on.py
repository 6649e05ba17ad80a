"""Chairs, armchairs, stools."""

from proxy.sandbox.shop.drawings.paint import WOOD, WOOD_DARK, WOOD_LIGHT, Paint, box, line, oval, path


def chair(paint: Paint) -> str:
    """A dining chair; the back has slats, a shell or a bow."""
    legs = (
        line("M148 224l-8 118", WOOD_DARK, 11)
        + line("M264 218l8 112", WOOD_DARK, 11)
        + line("M132 232l-14 112", WOOD, 12)
        + line("M252 236l16 108", WOOD, 12)
        + line("M128 292h132", WOOD_DARK, 6)
    )
    back = (
        line("M142 226L132 74", WOOD, 11)
        + line("M264 220l-4-150", WOOD, 11)
        + box(128, 66, 138, 26, 10, WOOD_LIGHT)
        + box(133, 112, 130, 18, 8, WOOD)
        + box(136, 150, 126, 18, 8, WOOD),
        path("M130 214q-14-92 2-128 10-22 68-22t66 22q14 40 0 126z", paint.main)
        + path("M130 214q-14-92 2-128 8-18 44-21-30 16-30 62t10 87z", paint.light)
        + line("M132 214l-4-60M268 212l2-60", WOOD_DARK, 8),
        line("M136 226Q112 70 200 66q90 2 66 156", WOOD, 12)
        + "".join(
            line(f"M{200 + x} 218L{200 + x * 0.8} {78 + abs(x) * 0.16}", WOOD_LIGHT, 5) for x in (-44, -22, 0, 22, 44)
        ),
    )[paint.variant]
    seat = path("M112 226q0-16 24-18l118-4q24 0 30 18 4 14-16 16l-132 6q-24 0-24-18z", paint.main)
    seat += path("M112 228q0 16 24 16l132-6q20-2 16-16 6 26-16 28l-132 8q-26 0-24-30z", paint.deep)
    return back + legs + seat


def armchair(paint: Paint) -> str:
    """Deep and soft."""
    top = (88, 70, 104)[paint.variant]
    legs = line("M112 316l-8 28", WOOD_DARK, 11) + line("M288 316l8 28", WOOD_DARK, 11)
    back = path(f"M104 260V{top + 46}q0-46 48-46h96q48 0 48 46v114z", paint.main)
    back += path(f"M104 260V{top + 46}q0-46 48-46h20q-34 8-34 54v106z", paint.light)
    tufts = (
        "".join(oval(x, y, 4.5, 4.5, paint.deep) for y in (top + 46, top + 88) for x in (162, 200, 238))
        if paint.variant == 1
        else line(f"M200 {top + 6}v130", paint.dark, 3, opacity=".6" if paint.variant == 2 else "0")
    )
    seat = box(96, 226, 208, 56, 24, paint.light) + path("M100 262q100 20 200 0v22H100z", paint.dark)
    front = path("M92 272h216v32q0 16-16 16H108q-16 0-16-16z", paint.main)
    arm = path("M62 226q0-34 32-34t32 34v94H92q-30 0-30-30z", paint.main) + path(
        "M62 226q0-34 32-34 6 0 10 1-24 8-24 40v86q-18-6-18-29z", paint.light
    )
    other = path("M338 226q0-34-32-34t-32 34v94h34q30 0 30-30z", paint.main) + path(
        "M338 226q0-34-32-34-6 0-10 1 24 8 24 40v86q18-6 18-29z", paint.dark
    )
    return legs + back + tufts + seat + front + arm + other


def stool(paint: Paint) -> str:
    """Three legs, a drum, or a bar stool."""
    if paint.variant == 1:
        drum = path("M118 176v138q0 28 82 28t82-28V176z", paint.main) + path(
            "M118 176v138q0 16 28 22V182z", paint.light
        )
        return drum + path("M250 184v152q32-6 32-22V176z", paint.dark) + oval(200, 176, 82, 26, paint.pale)
    high = paint.variant == 2
    y = 120 if high else 188
    legs = line(f"M168 {y + 10}L134 342", WOOD, 13) + line(f"M232 {y + 10}l34 {332 - y}", WOOD_DARK, 13)
    legs += line(f"M200 {y + 14}v{318 - y}", WOOD_LIGHT, 13)
    ring = line(f"M{146 if high else 150} {278 if high else 284}h{108 if high else 100}", WOOD_DARK, 7)
    seat = path(f"M104 {y}v14q0 22 96 22t96-22v-14z", paint.dark) + oval(200, y, 96, 24, paint.main)
    return legs + ring + seat + oval(184, y - 4, 66, 13, paint.light, opacity=".7")


DRAWINGS = {"chair": chair, "armchair": armchair, "stool": stool}
