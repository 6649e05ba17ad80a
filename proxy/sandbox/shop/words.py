"""The words of which the catalogue is made: categories, kinds of things, makers, sellers, colours. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing.

    Attributes:
        id: the drawing's name, and what stands in an article number.
        code: begins the article number.
        noun: in a product's name.
        prices: the cheapest and the dearest.
        models, materials: of which names and descriptions are made.
        also: what people type when they look for it.
        line: a sentence for the product's page.
        forms: the form in which each model is drawn (0 to 2), where its name says how it looks; else any.
    """

    id: str
    code: str
    noun: str
    prices: tuple[int, int]
    models: str
    materials: str
    also: str
    line: str
    forms: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the shop."""

    id: str
    name: str
    makers: tuple[str, ...]
    kinds: tuple[Kind, ...]


CATEGORIES = (
    Category(
        "lighting",
        "Lighting",
        ("Nordlys", "Halden", "Paper Moon", "Ostra"),
        (
            Kind(
                "table-lamp",
                "TL",
                "table lamp",
                (39, 189),
                "Halo Ember Dusk Pebble Fold Vesper Luma",
                "linen|opal glass|pleated cotton|powder-coated steel",
                "lamp light desk bedside bedroom reading",
                "A warm, even light for a bedside or a desk, with a dimmer on the cord.",
            ),
            Kind(
                "floor-lamp",
                "FL",
                "floor lamp",
                (89, 349),
                "Heron Arc Meridian Alder Stilt Beacon Reed",
                "brushed steel|oak|linen|blackened brass",
                "lamp light standing reading living room",
                "Stands quietly beside a sofa and reads along over your shoulder.",
            ),
            Kind(
                "pendant",
                "PL",
                "pendant lamp",
                (59, 279),
                "Bell Orbit Drift Acorn Canopy Tide Plume",
                "spun aluminium|smoked glass|rice paper|ceramic",
                "lamp light ceiling hanging kitchen dining table",
                "Hangs low over a table and keeps the glare out of everyone's eyes.",
            ),
        ),
    ),
    Category(
        "seating",
        "Seating",
        ("Alderwood", "Studio Fenn", "Halden", "Kinloch"),
        (
            Kind(
                "chair",
                "CH",
                "dining chair",
                (79, 329),
                "Wren Strand Ladder Sorrel Tern Bow Quill",
                "oiled oak|beech|ash and paper cord|birch plywood",
                "chair kitchen dining wooden seat",
                "Light enough to lift with two fingers, and sat on happily through dessert.",
            ),
            Kind(
                "armchair",
                "AC",
                "armchair",
                (299, 1190),
                "Burrow Moss Harbour Cove Loaf Nest Fathom",
                "wool bouclé|washed linen|corduroy|velvet",
                "chair lounge sofa reading living room easy",
                "Deep, low and soft at the edges: for the second half of a long book.",
            ),
            Kind(
                "stool",
                "ST",
                "stool",
                (45, 169),
                "Perch Toad Button Hop Tripod Cairn Plinth",
                "solid ash|cork|lacquered birch|elm",
                "chair kitchen bar bathroom side table seat wooden",
                "A seat, a step, a side table, depending on the hour.",
            ),
        ),
    ),
    Category(
        "shoes",
        "Shoes",
        ("Fellrunner", "Marlow & Pike", "Tern", "Osprey Works"),
        (
            Kind(
                "sneaker",
                "SN",
                "sneaker",
                (59, 179),
                "Swift Pace Dash Ridge Lap Gale Tempo",
                "mesh|recycled knit|suede|full-grain leather",
                "shoe shoes trainer trainers running runner sport walking",
                "A springy everyday shoe that does not mind the weather or the last bus.",
            ),
            Kind(
                "boot",
                "BT",
                "boot",
                (119, 289),
                "Moor Crag Fen Harrow Peat Bracken Cairn",
                "waxed leather|nubuck|oiled suede|waterproof leather",
                "shoe shoes boots hiking winter ankle walking",
                "Stitched, not glued, so that it can be soled again in ten years.",
            ),
            Kind(
                "sandal",
                "SD",
                "sandal",
                (39, 119),
                "Dune Cove Pier Lagoon Shingle Reef Tide",
                "cork and leather|vegetable-tanned leather|recycled webbing|suede",
                "shoe shoes sandals summer beach slide",
                "Two straps and a footbed that learns the shape of your foot.",
            ),
        ),
    ),
    Category(
        "bags",
        "Bags",
        ("Ferrow", "Kestrel", "Marlow & Pike", "Longshore"),
        (
            Kind(
                "backpack",
                "BP",
                "backpack",
                (59, 219),
                "Commute Roam Pilot Summit Satchel Trail Day",
                "waxed canvas|recycled nylon|ripstop|wool felt",
                "bag rucksack laptop school travel hiking",
                "A padded sleeve for a laptop, and room for the jumper you will need later.",
            ),
            Kind(
                "tote",
                "TO",
                "tote bag",
                (19, 139),
                "Market Ferry Harbour Gallery Sunday Errand Folio",
                "organic cotton|heavy canvas|vegetable-tanned leather|linen",
                "bag shopper shopping shoulder canvas",
                "Carries the market home, and folds flat when it has.",
            ),
            Kind(
                "suitcase",
                "SC",
                "suitcase",
                (129, 399),
                "Cabin Transit Terminal Voyage Layover Express Passage",
                "polycarbonate|aluminium|recycled shell|ripstop",
                "bag luggage travel trolley cabin carry-on",
                "Four quiet wheels and a shell that shrugs off the conveyor belt.",
            ),
        ),
    ),
    Category(
        "kitchen",
        "Kitchen",
        ("Hearth", "Claymore", "Brae", "Ironbridge"),
        (
            Kind(
                "mug",
                "MG",
                "mug",
                (12, 42),
                "Morning Pottle Speckle Rim Hob Thumb Ledge",
                "stoneware|porcelain|enamel|hand-thrown clay",
                "cup coffee tea drink ceramic",
                "A handle for three fingers and a rim that is kind to lips.",
            ),
            Kind(
                "teapot",
                "TP",
                "teapot",
                (34, 129),
                "Steep Robin Parlour Gable Brew Plum Kettle",
                "stoneware|cast iron|porcelain|borosilicate glass",
                "tea kettle pot coffee drink ceramic",
                "Pours without a drip, down to the last half cup.",
            ),
            Kind(
                "pan",
                "PN",
                "frying pan",
                (29, 149),
                "Forge Ember Skillet Sear Griddle Hob Anvil",
                "cast iron|carbon steel|tri-ply steel|ceramic-coated aluminium",
                "skillet cookware cooking pot steel iron",
                "Heats evenly, holds the heat, and goes from the hob into the oven.",
            ),
        ),
    ),
    Category(
        "audio",
        "Audio",
        ("Tonn", "Aural", "Wavelet", "Byrd"),
        (
            Kind(
                "headphones",
                "HP",
                "headphones",
                (79, 379),
                "Hush Solo Murmur Stage Drift Echo Cantor",
                "wireless|noise-cancelling|open-back|studio",
                "headphone headset music bluetooth over-ear sound",
                "Thirty hours on a charge, and quiet enough to hear yourself think.",
            ),
            Kind(
                "speaker",
                "SP",
                "speaker",
                (59, 449),
                "Cube Chorus Room Pebble Choir Monolith Hum",
                "bluetooth|bookshelf|wireless|portable",
                "loudspeaker music bluetooth sound shelf",
                "Fills a room with sound, not with boxes.",
            ),
            Kind(
                "turntable",
                "TT",
                "turntable",
                (149, 599),
                "Groove Revolve Platter Side-A Spindle Encore Hi-Lo",
                "belt-driven|direct-drive|walnut|automatic",
                "record player vinyl music hifi sound",
                "Belt-driven and level, with a needle that treats old records gently.",
            ),
        ),
    ),
    Category(
        "garden",
        "Plants & garden",
        ("Fernery", "Green Hand", "Loam", "Pot & Sprig"),
        (
            Kind(
                "plant",
                "PT",
                "potted plant",
                (14, 89),
                "Monstera Calathea Ficus Philodendron Pilea Alocasia Schefflera",
                "terracotta pot|glazed pot|clay pot|concrete pot",
                "houseplant green leaf indoor pot foliage",
                "Forgives a forgotten week, and thanks you with a new leaf.",
                "0110201",
            ),
            Kind(
                "cactus",
                "CA",
                "cactus",
                (9, 49),
                "Saguaro Pincushion Barrel Old-Man Cereus Bishop Bunny-Ear",
                "terracotta pot|glazed pot|clay pot|concrete pot",
                "houseplant succulent green indoor pot desert plant",
                "Asks for light, and for nothing else.",
                "0112221",
            ),
            Kind(
                "watering-can",
                "WC",
                "watering can",
                (19, 79),
                "Rill Sprout Brook Drizzle Swan Puddle Rain",
                "galvanised steel|powder-coated steel|recycled plastic|copper",
                "garden plants water houseplant tool",
                "A long spout that finds the pot behind the pot.",
            ),
        ),
    ),
    Category(
        "clothing",
        "Clothing",
        ("Tern", "Plainsong", "Fairweather", "Kinloch"),
        (
            Kind(
                "t-shirt",
                "TS",
                "T-shirt",
                (19, 69),
                "Plain Harbour Slub Pocket Everyday Boxy Sunday",
                "organic cotton|linen jersey|heavy cotton|merino",
                "tee tshirt shirt top summer",
                "Heavy enough to keep its shape, soft enough to forget.",
            ),
            Kind(
                "sweater",
                "SW",
                "sweater",
                (69, 239),
                "Guernsey Skerry Cable Drift Fair Fisherman Hearth",
                "lambswool|merino|recycled wool|cotton knit",
                "jumper pullover knit wool winter",
                "Knitted in one piece, warm in the wind, fine at the table.",
            ),
            Kind(
                "beanie",
                "BN",
                "beanie",
                (19, 69),
                "Watch Docker Gull Fold Frost Rib North",
                "lambswool|cashmere|merino|recycled wool",
                "hat cap winter wool knit",
                "Close-fitting, with a fold that stays where you put it.",
            ),
        ),
    ),
)

# Name, the colour itself (each kind of thing is drawn in it), and what people call it.
COLOURS = (
    ("moss", "#6f7f4f", "green olive"),
    ("clay", "#c0694b", "orange terracotta red"),
    ("ink", "#34425a", "navy blue dark"),
    ("honey", "#d9a441", "yellow mustard"),
    ("sky", "#7fa6c4", "blue light"),
    ("rose", "#d08c8c", "pink"),
    ("sand", "#cdb391", "beige brown"),
    ("charcoal", "#4a4a4d", "black grey dark"),
    ("plum", "#7b4f6c", "purple violet"),
    ("sea", "#3f7f80", "teal green blue"),
    ("oat", "#e3d8c4", "cream white beige"),
    ("rust", "#9c4a2f", "red brown"),
    ("fog", "#a9b2b8", "grey light"),
)

SELLERS = (
    ("s-fold", "Fold & Field"),
    ("s-harbour", "Harbour Supply"),
    ("s-northside", "Northside Goods"),
    ("s-bell", "Bell & Daughters"),
    ("s-attic", "The Attic Store"),
    ("s-juniper", "Juniper Trading"),
    ("s-quay", "Quay Street"),
    ("s-kiln", "Kiln & Loom"),
    ("s-marsh", "Marsh House"),
    ("s-ridge", "Ridge Outfitters"),
    ("s-vale", "Vale Home"),
    ("s-tallow", "Tallow & Co"),
)
