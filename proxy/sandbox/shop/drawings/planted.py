"""Plants, cacti, watering cans. The pot has the product's colour; leaves stay green."""

from proxy.sandbox.shop.drawings.paint import BRASS, CREAM, Paint, line, oval, path, turned

_LEAF, _LEAF_LIGHT, _LEAF_DARK = "#5f8a55", "#7fa873", "#41683f"


def _pot(paint: Paint, top: int) -> str:
    pot = path(f"M138 {top}h124l-16 {344 - top}q-2 0-6 0h-80q-4 0-6 0z", paint.main)
    pot += path(f"M138 {top}h32l-4 {344 - top}h-12z", paint.light) + path(
        f"M236 {top}h26l-16 {344 - top}h-20z", paint.dark
    )
    return (
        pot
        + path(f"M130 {top - 8}h140v26H130z", paint.main)
        + path(f"M130 {top - 8}h36v26h-36z", paint.light)
        + path(f"M240 {top - 8}h30v26h-30z", paint.dark)
    )


def _blade(length: int, width: int, fill: str, vein: str) -> str:
    """A leaf that stands upright on (200, 240)."""
    tip = 240 - length
    leaf = path(f"M200 240q-{width} -{length * 0.4:.0f} 0 -{length}q{width} {length * 0.6:.0f} 0 {length}z", fill)
    return leaf + line(f"M200 238L200 {tip + 16}", vein, 2.5, opacity=".6")


def plant(paint: Paint) -> str:
    """Split leaves, long blades, or round leaves on stems."""
    if paint.variant == 0:
        leaves = ""
        for turn, reach, fill in (
            (-58, 96, _LEAF_DARK),
            (56, 92, _LEAF_DARK),
            (-26, 122, _LEAF),
            (30, 118, _LEAF),
            (2, 142, _LEAF_LIGHT),
        ):
            head = 250 - reach
            heart = path(f"M200 {head + 30}q-52-8-46-56 6-26 46-44 40 18 46 44 6 48-46 56z", fill)
            cuts = line(
                f"M200 {head + 22}v-84M156 {head - 24}l26 12M244 {head - 24}l-26 12M162 {head}l22 4M238 {head}l-22 4",
                "#f0efe9",
                3.4,
                opacity=".75",
            )
            leaves += turned(line(f"M200 250V{head + 20}", _LEAF_DARK, 5) + heart + cuts, turn, 200, 250)
        return leaves + _pot(paint, 250)
    if paint.variant == 1:
        turns = (
            (-44, 150, _LEAF_DARK),
            (42, 146, _LEAF_DARK),
            (-24, 178, _LEAF),
            (22, 172, _LEAF),
            (-8, 196, _LEAF_LIGHT),
            (8, 186, _LEAF),
        )
        return "".join(turned(_blade(reach, 34, fill, CREAM), turn, 200, 240) for turn, reach, fill in turns) + _pot(
            paint, 238
        )
    stems = ""
    for x, y, size, fill in (
        (128, 168, 34, _LEAF_DARK),
        (276, 160, 32, _LEAF_DARK),
        (160, 108, 36, _LEAF),
        (240, 104, 34, _LEAF),
        (200, 168, 38, _LEAF_LIGHT),
        (204, 66, 30, _LEAF_LIGHT),
    ):
        stems += line(f"M200 250Q{(x + 200) // 2} {y + 50} {x} {y}", _LEAF_DARK, 4) + oval(
            x, y, size, size * 0.92, fill
        )
        stems += oval(x - size * 0.25, y - size * 0.25, size * 0.3, size * 0.22, CREAM, opacity=".35") + oval(
            x, y, 3, 3, _LEAF_DARK
        )
    return stems + _pot(paint, 250)


def cactus(paint: Paint) -> str:
    """With arms, like a ball, or in a row of columns."""

    def ribs(shape: str, lines: str) -> str:
        return shape + line(lines, _LEAF_DARK, 3, opacity=".6")

    if paint.variant == 0:
        arms = line("M200 190h-52q-18 0-18-18v-34", _LEAF_DARK, 34) + line("M200 216h46q20 0 20-20v-46", _LEAF_DARK, 34)
        trunk = line("M200 250V96", _LEAF, 58) + line("M182 244V104", _LEAF_LIGHT, 10, opacity=".7")
        body = (
            arms
            + ribs(trunk, "M200 84v160M218 96v150")
            + oval(200, 64, 13, 9, "#d96f86")
            + oval(200, 62, 6, 5, "#f3c552")
        )
    elif paint.variant == 1:
        ball = oval(200, 190, 78, 72, _LEAF) + oval(176, 170, 40, 40, _LEAF_LIGHT, opacity=".45")
        body = ribs(
            ball, "M200 118q0 70 0 140M166 126q-32 64 0 130M234 126q32 64 0 130M142 146q-32 44-4 92M258 146q32 44 4 92"
        )
        body += "".join(
            oval(x, y, 3, 3, CREAM)
            for x, y in ((200, 150), (156, 176), (244, 176), (200, 206), (170, 222), (232, 222), (186, 128), (216, 128))
        )
        body += oval(200, 116, 17, 11, "#e0718a") + oval(200, 114, 8, 6, "#f6cf66")
    else:
        body = "".join(
            line(f"M{x} 250V{y}", fill, 40)
            + line(f"M{x - 11} 244V{y + 4}", _LEAF_LIGHT, 7, opacity=".7")
            + line(f"M{x + 4} 246V{y - 6}", _LEAF_DARK, 3, opacity=".6")
            for x, y, fill in ((160, 146, _LEAF_DARK), (242, 124, _LEAF_DARK), (202, 92, _LEAF))
        )
    return body + _pot(paint, 250)


def watering_can(paint: Paint) -> str:
    """A long spout to the right, a handle to the left."""
    spout = path("M250 296l74-150 18 8-60 178z", paint.dark) + path("M304 140l60 26q4-24-14-32t-46 6z", paint.deep)
    handle = line("M128 214q-80-6-74 58t84 48", BRASS if paint.variant == 1 else paint.deep, 12)
    top = line("M150 200q6-86 66-86 44 0 46 86", paint.deep, 10) if paint.variant != 2 else ""
    shape = (
        "M124 200h152l10 130q0 14-14 14H128q-14 0-14-14z",
        "M136 200h128q40 60 24 130-4 14-18 14H130q-14 0-18-14-16-70 24-130z",
        "M116 222h168v108q0 14-14 14H130q-14 0-14-14z",
    )[paint.variant]
    body = path(shape, paint.main)
    lit = path("M136 206h24l-4 138h-28q-12-2-12-16z", paint.light, opacity=".85")
    bands = "".join(line(f"M120 {y}h160", paint.dark, 4) for y in ((232, 312) if paint.variant != 2 else (250, 316)))
    rim = oval(200, (200, 200, 222)[paint.variant], (76, 64, 84)[paint.variant], 13, paint.pale)
    rim += oval(200, (203, 203, 225)[paint.variant], (66, 54, 74)[paint.variant], 9, paint.deep)
    return spout + handle + body + lit + bands + rim + top


DRAWINGS = {"plant": plant, "cactus": cactus, "watering-can": watering_can}
