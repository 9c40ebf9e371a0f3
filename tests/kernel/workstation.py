"""The workstation of the demo shop as a scope: the features formulas of the tests speak about."""

from kernel.expressions import BOOLEAN, NUMBER, TEXT, Choice, ListOf, Scope

DISK = Choice.of({"D1": {"tb": 1}, "D4": {"tb": 4}, "8TB": {"tb": 8}})

SCOPE = Scope(
    {
        "CHASSIS": Choice(("SFF", "TWR", "RK4")),
        "CPU": Choice.of({"C08": {"watt": 65}, "C16": {"watt": 120}, "C32": {"watt": 280}}),
        "COOL": Choice(("AIR", "AIO240", "AIO360")),
        "RAM_GB": Choice(("32", "64", "128", "256", "512")),
        "ECC": Choice(("yes", "no")),
        "GPU_MODEL": Choice.of(
            {
                "none": {},
                "G1": {"watt": 200, "length_mm": 200, "maker": "Lumen", "quiet": True},
                "G3": {"watt": 450, "length_mm": 330, "maker": "Orbit", "quiet": False},
            }
        ),
        "GPU_QTY": NUMBER,
        "PSU_W": NUMBER,
        "DISK": ListOf(DISK),
        "RAID": Choice(("1", "10"), optional=True),
        "QUIET": BOOLEAN,
        "ASSET_TAG": TEXT,
        "ENGRAVE": TEXT,
        "SIZES": ListOf(NUMBER),
    }
)

VALUES: dict[str, object] = {
    "CHASSIS": "TWR",
    "CPU": "C32",
    "COOL": "AIO360",
    "RAM_GB": "128",
    "ECC": "yes",
    "GPU_MODEL": "G3",
    "GPU_QTY": 2,
    "PSU_W": 1600,
    "DISK": ["D4", "D4", "8TB"],
    "RAID": "10",
    "QUIET": False,
    "ASSET_TAG": "NB-0042",
    "ENGRAVE": None,
    "SIZES": [3, 1, 2],
}
