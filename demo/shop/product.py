"""The configurable workstation NB-W7: options, rules, BOM, routing and characteristics."""

from decimal import Decimal
from typing import Any

from orders.engine import (
    BomRow,
    CharacteristicRow,
    FeatureRow,
    ParameterRow,
    PriceRow,
    ProductModel,
    RuleRow,
    StepRow,
    choice,
)

BASE_PRICE = "980.00"
DISKS = "DISK_1TB + DISK_2TB + DISK_4TB + DISK_8TB"

Choice = tuple[str, str, str, str, dict[str, Any]]

# code, label, help, options: (code, label, price adder, price percent, attributes); the first is the default
GROUPS: tuple[tuple[str, str, str, tuple[Choice, ...]], ...] = (
    (
        "CHASSIS",
        "Chassis",
        "Decides which radiator and graphics cards fit",
        (
            ("TWR", "Tower", "40", "0", {"kg": 11}),
            ("SFF", "Small form factor", "0", "0", {"kg": 6}),
            ("RK4", "Rack, 4 units", "310", "0", {"kg": 17}),
        ),
    ),
    (
        "CPU",
        "Processor",
        "",
        (
            ("C08", "8 cores, 65 W", "0", "0", {"watt": 65}),
            ("C16", "16 cores, 120 W", "390", "0", {"watt": 120}),
            ("C32", "32 cores, 280 W", "1850", "0", {"watt": 280}),
        ),
    ),
    (
        "COOL",
        "Cooling",
        "",
        (
            ("AIR", "Air cooler", "0", "0", {}),
            ("AIO240", "Liquid, 240 mm radiator", "95", "0", {}),
            ("AIO360", "Liquid, 360 mm radiator", "160", "0", {}),
        ),
    ),
    (
        "RAM_GB",
        "Memory",
        "",
        (
            ("32", "32 GB", "0", "0", {}),
            ("64", "64 GB", "120", "0", {}),
            ("128", "128 GB", "310", "0", {}),
            ("256", "256 GB", "720", "0", {}),
            ("512", "512 GB", "1650", "0", {}),
        ),
    ),
    ("ECC", "ECC memory", "", (("no", "No", "0", "0", {}), ("yes", "Yes, + 8 %", "0", "8", {}))),
    (
        "GPU_MODEL",
        "Graphics card",
        "",
        (
            ("none", "None", "0", "0", {"watt": 0, "length_mm": 0, "price": 0}),
            ("G1", "G1, 200 W, 200 mm", "0", "0", {"watt": 200, "length_mm": 200, "price": 480}),
            ("G2", "G2, 300 W, 285 mm", "0", "0", {"watt": 300, "length_mm": 285, "price": 990}),
            ("G3", "G3, 450 W, 330 mm", "0", "0", {"watt": 450, "length_mm": 330, "price": 1890}),
        ),
    ),
    (
        "PSU_W",
        "Power supply",
        "",
        (
            ("650", "650 W", "0", "0", {}),
            ("1000", "1 000 W", "70", "0", {}),
            ("1600", "1 600 W", "210", "0", {}),
        ),
    ),
    (
        "RAID",
        "RAID",
        "",
        (
            ("none", "None", "0", "0", {}),
            ("R1", "RAID 1", "40", "0", {}),
            ("R10", "RAID 10", "90", "0", {}),
        ),
    ),
    (
        "OS",
        "Operating system",
        "",
        (
            ("linux", "Linux", "0", "0", {}),
            ("none", "None", "0", "0", {}),
            ("image", "Customer image", "60", "0", {}),
        ),
    ),
    (
        "BURNIN_H",
        "Burn-in",
        "Endurance test before inspection",
        (
            ("4", "4 hours", "0", "0", {}),
            ("24", "24 hours", "45", "0", {}),
            ("72", "72 hours", "120", "0", {}),
        ),
    ),
)

# code, label, help, kind, unit, minimum, maximum, step, default, pattern, max_length
PARAMETERS: tuple[tuple[str, str, str, str, str, str, str, str, str, str, int], ...] = (
    ("GPU_QTY", "Graphics cards", "", "number", "pcs", "0", "4", "1", "0", "", 0),
    ("DISK_1TB", "Disks of 1 TB", "", "number", "pcs", "0", "6", "1", "1", "", 0),
    ("DISK_2TB", "Disks of 2 TB", "", "number", "pcs", "0", "6", "1", "0", "", 0),
    ("DISK_4TB", "Disks of 4 TB", "", "number", "pcs", "0", "6", "1", "0", "", 0),
    ("DISK_8TB", "Disks of 8 TB", "", "number", "pcs", "0", "6", "1", "0", "", 0),
    ("QUIET", "Quiet build", "Acoustic kit, at most 32 dB(A)", "flag", "", "", "", "", "", "", 0),
    (
        "ASSET_TAG",
        "Asset tag",
        "Capitals, digits and hyphens",
        "text",
        "",
        "",
        "",
        "",
        "",
        "^[A-Z0-9-]+$",
        12,
    ),
    ("ENGRAVE", "Engraving", "On the front panel", "text", "", "", "", "", "", "", 24),
)

# kind, when, then, reason
RULES = (
    (
        "requires",
        "CPU = C32",
        "COOL = AIO360 and CHASSIS in {TWR, RK4}",
        "The 280 W processor needs the 360 mm radiator, which does not fit the small form factor",
    ),
    (
        "requires",
        "CHASSIS = SFF",
        "GPU_QTY <= 1 and GPU_MODEL.length_mm <= 200",
        "The small form factor takes one graphics card of at most 200 mm",
    ),
    ("excludes", "CHASSIS = SFF", "COOL = AIO360", "The 360 mm radiator does not fit the small form factor"),
    (
        "requires",
        "",
        "1.25 * (CPU.watt + GPU_QTY * GPU_MODEL.watt + 75) <= PSU_W",
        "The power supply needs 25 % reserve over processor, graphics cards and board",
    ),
    ("requires", "ECC = yes", "CPU in {C16, C32}", "ECC memory needs the 16 or 32 core processor"),
    (
        "requires",
        "RAM_GB >= 256",
        "CPU = C32",
        "256 GB and more need the eight channels of the 32 core processor",
    ),
    (
        "requires",
        "GPU_QTY >= 3",
        "CHASSIS = RK4 and PSU_W = 1600",
        "Three or more graphics cards need the rack chassis and the 1 600 W power supply",
    ),
    (
        "excludes",
        "QUIET",
        "CHASSIS = RK4 or GPU_QTY > 1",
        "The quiet build does not go with the rack chassis or more than one graphics card",
    ),
    ("requires", "GPU_QTY >= 1", "GPU_MODEL <> none", "Choose which graphics card"),
    ("requires", "GPU_MODEL <> none", "GPU_QTY >= 1", "Say how many graphics cards, or choose none"),
    ("requires", "", f"{DISKS} >= 1 and {DISKS} <= 6", "The workstation takes one to six disks"),
    ("requires", "RAID = R1", f"{DISKS} >= 2", "RAID 1 needs at least two disks"),
    (
        "requires",
        "RAID = R10",
        f"{DISKS} >= 4 and max(DISK_1TB, DISK_2TB, DISK_4TB, DISK_8TB) = {DISKS}",
        "RAID 10 needs at least four disks of one size",
    ),
)

# label, condition, amount
PRICES = (
    ("Graphics cards", "GPU_QTY > 0", "GPU_QTY * GPU_MODEL.price"),
    ("Disks", "", "65 * DISK_1TB + 105 * DISK_2TB + 190 * DISK_4TB + 360 * DISK_8TB - 65"),
    ("Quiet build", "QUIET", "85"),
    ("Engraving", "len(ENGRAVE) > 0", "18"),
)

# find number, item, condition, quantity, operation
BOM = (
    (10, "CH-S", "CHASSIS = SFF", "1", 10),
    (11, "CH-T", "CHASSIS = TWR", "1", 10),
    (12, "CH-R", "CHASSIS = RK4", "1", 10),
    (20, "MB-A", "CPU in {C08, C16}", "1", 10),
    (21, "MB-B", "CPU = C32", "1", 10),
    (30, "CPU-08", "CPU = C08", "1", 10),
    (31, "CPU-16", "CPU = C16", "1", 10),
    (32, "CPU-32", "CPU = C32", "1", 10),
    (40, "COOL-AIR", "COOL = AIR", "1", 10),
    (41, "COOL-240", "COOL = AIO240", "1", 10),
    (42, "COOL-360", "COOL = AIO360", "1", 10),
    (50, "DIMM-32", "RAM_GB <= 256", "ceil(RAM_GB / 32)", 10),
    (51, "DIMM-64", "RAM_GB > 256", "ceil(RAM_GB / 64)", 10),
    (60, "GPU-1", "GPU_MODEL = G1", "GPU_QTY", 30),
    (61, "GPU-2", "GPU_MODEL = G2", "GPU_QTY", 30),
    (62, "GPU-3", "GPU_MODEL = G3", "GPU_QTY", 30),
    (70, "PSU-650", "PSU_W = 650", "1", 10),
    (71, "PSU-1000", "PSU_W = 1000", "1", 10),
    (72, "PSU-1600", "PSU_W = 1600", "1", 10),
    (80, "SSD-1", "", "DISK_1TB", 10),
    (81, "SSD-2", "", "DISK_2TB", 10),
    (82, "SSD-4", "", "DISK_4TB", 10),
    (83, "SSD-8", "", "DISK_8TB", 10),
    (90, "PASTE", "", "1.5", 20),
    (100, "FAN-120", "", "2 + GPU_QTY", 30),
    (110, "CABLE-PW", "", "GPU_QTY * (GPU_MODEL.watt > 250 ? 2 : 1)", 40),
    (120, "RAIL-4U", "CHASSIS = RK4", "1", 110),
    (130, "ACOUSTIC", "QUIET", "1", 30),
    (140, "BX-S", "CHASSIS = SFF", "1", 110),
    (141, "BX-T", "CHASSIS = TWR", "1", 110),
    (142, "BX-R", "CHASSIS = RK4", "1", 110),
    (150, "LABELS", "", "1", 110),
)

# sequence, name, process, condition, set-up, run, per, set-up family, unattended, instructions
ROUTING = (
    (10, "Kitting", "KIT", "", "2", f"8 + {DISKS}", "piece", "", False,
     "Pick the kit and check it line by line."),
    (20, "Board preparation", "ESD", "", "5", "12 + 1.5 * ceil(RAM_GB / 32)", "piece", "text(CPU)", False,
     "ESD wrist strap. Processor, memory, paste 1.5 g."),
    (30, "Chassis build", "BUILD", "", "6", "22 + 7 * GPU_QTY", "piece", "text(CHASSIS)", False,
     "Board, power supply, disks, fans, graphics cards."),
    (40, "Cabling and check", "BUILD", "", "0", "10", "piece", "text(CHASSIS)", False,
     "Route, tie, and check against the specification."),
    (50, "Firmware", "FIRMWARE", "", "3", "10 * ceil(QTY / 8)", "lot", "", True,
     "Flash; no touch while it runs."),
    (60, "Burn-in", "BURNIN", "", "5", "60 * BURNIN_H * ceil(QTY / 24)", "lot", "", True,
     "Start the endurance profile and leave."),
    (70, "Imaging", "FIRMWARE", "OS <> none", "3", "25 * ceil(QTY / 8)", "lot", "", True,
     "Write the image named on the order."),
    (80, "Functional and electrical safety test", "TEST", "", "5", "15", "piece", "", False,
     "Protective earth, function, temperatures."),
    (90, "Engraving", "LASER", "len(ENGRAVE) > 0", "4", "6", "piece", "", False, "Text as on the order."),
    (100, "Final check", "CHECK", "", "0", "8", "piece", "", False, "Clean, seal, collect serial numbers."),
    (110, "Packing in", "PACKIN", "", "0", "9", "piece", "", False,
     "Carton by chassis, label set, rails for racks."),
)  # fmt: skip

# number, label, kind, condition, nominal, lower, upper, expected, unit, method, key
CHARACTERISTICS = (
    (10, "Memory detected", "attribute", "", "", "", "", "text(RAM_GB) + ' GB'", "",
     "System report", True),
    (20, "ECC active", "attribute", "ECC = yes", "", "", "", "'yes'", "", "System report", False),
    (30, "Disks detected", "attribute", "", "", "", "", f"text({DISKS}) + ' disks'", "",
     "System report", True),
    (40, "Graphics cards detected", "attribute", "GPU_QTY > 0", "", "", "",
     "text(GPU_QTY) + ' × ' + text(GPU_MODEL)", "", "System report", True),
    (50, "Processor temperature after burn-in", "measured", "", "70", "", "85", "", "°C",
     "Burn-in log, 25 °C", True),
    (60, "Graphics card temperature", "measured", "GPU_QTY > 0", "70", "", "83", "", "°C",
     "Burn-in log", False),
    (70, "Memory test errors, 4 passes", "measured", "", "0", "0", "0", "", "", "Memory test", True),
    (80, "Noise at 1 m, A-weighted", "measured", "", "30", "", "QUIET ? 32 : 45", "", "dB",
     "Sound level meter", False),
    (90, "Protective earth", "measured", "", "0.05", "0", "0.1", "", "ohm",
     "Safety tester", True),
    (100, "Asset tag", "attribute", "len(ASSET_TAG) > 0", "", "", "", "ASSET_TAG", "", "Look", False),
    (110, "Engraving", "attribute", "len(ENGRAVE) > 0", "", "", "", "ENGRAVE", "", "Look", False),
)  # fmt: skip


def workstation() -> ProductModel:
    """NB-W7 as a product model."""
    return ProductModel(
        code="NB-W7",
        name="Workstation W7",
        base_price=Decimal(BASE_PRICE),
        features=tuple(_group(*row) for row in GROUPS),
        parameters=tuple(_parameter(*row) for row in PARAMETERS),
        rules=tuple(RuleRow(number, *row) for number, row in enumerate(RULES, start=1)),
        prices=tuple(PriceRow(*row) for row in PRICES),
        bom=tuple(BomRow(*row) for row in BOM),
        routing=tuple(StepRow(*row) for row in ROUTING),
        characteristics=tuple(CharacteristicRow(*row) for row in CHARACTERISTICS),
    )


def _group(code: str, label: str, text: str, options: tuple[Choice, ...]) -> FeatureRow:
    rows = (
        FeatureRow(value, title, index == 0, Decimal(adder), Decimal(percent), attributes)
        for index, (value, title, adder, percent, attributes) in enumerate(options)
    )
    return choice(code, label, tuple(rows), help=text)


def _parameter(
    code: str, label: str, text: str, kind: str, unit: str, low: str, high: str, step: str, default: str,
    pattern: str, length: int,
) -> ParameterRow:  # fmt: skip
    low_, high_, step_ = (Decimal(figure) if figure else None for figure in (low, high, step))
    return ParameterRow(code, label, kind, unit, low_, high_, step_, pattern, length or 100, default, text)
