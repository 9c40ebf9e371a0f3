"""The shop's people, items, suppliers, shifts and machines."""

COMPANY = ("Northbyte Systems GmbH", "Werftstraße 12\n24143 Kiel\nGermany", "sales@northbyte.example")
PASSWORD = "northbyte-demo"

# e-mail name, first name, last name, roles
PEOPLE = (
    ("sales", "Selma", "Lindqvist", ("sales",)),
    ("engineer", "Edda", "Brink", ("engineer",)),
    ("planner", "Pavel", "Horak", ("planner",)),
    ("buyer", "Beate", "Quandt", ("buyer",)),
    ("operator", "Oskar", "Feld", ("operator",)),
    ("inspector", "Ilse", "Marten", ("inspector",)),
    ("shipper", "Sven", "Hafer", ("shipper",)),
    ("manager", "Marta", "Vogel", ("manager",)),
    ("admin", "Adrian", "Keller", ("administrator",)),
)

# code, name, contact, street, postal code, city, country
CUSTOMERS = (
    ("ALTMARK", "Altmark Visual Effects", "Ines Roth", "Lichtweg 4", "39576", "Stendal", "DE"),
    ("BROOK", "Brook & Fen Engineering", "Tom Fen", "12 Mill Lane", "CB4 1AA", "Cambridge", "GB"),
    ("COBALT", "Cobalt Render Farm", "Lena Brandt", "Halle 7, Hafenring 3", "20457", "Hamburg", "DE"),
    ("DELMAR", "Delmar Institute", "Joao Reis", "Rua do Mar 88", "4150-001", "Porto", "PT"),
    ("ERNST", "Ernst Precision", "Karl Ernst", "Uhrmacherplatz 1", "75172", "Pforzheim", "DE"),
    ("FJORD", "Fjord Analytics", "Astrid Nes", "Kaigata 9", "5003", "Bergen", "NO"),
)

# code, name, country of holidays, subdivision, shifts: (name, weekdays, from, to, break from, break to)
WEEKDAYS = (0, 1, 2, 3, 4)
CALENDARS = (
    (
        "TWO-SHIFT",
        "Two shifts, Monday to Friday",
        "DE",
        "SH",
        (
            ("Early", WEEKDAYS, "06:00", "14:00", "09:30", "10:00"),
            ("Late", WEEKDAYS, "14:00", "22:00", "18:00", "18:30"),
        ),
    ),
    (
        "DAY",
        "Day shift, Monday to Friday",
        "DE",
        "SH",
        (("Day", WEEKDAYS, "08:00", "16:30", "12:00", "12:30"),),
    ),
)

PROCESSES = (
    ("KIT", "Kitting"),
    ("ESD", "Board preparation"),
    ("BUILD", "Assembly"),
    ("FIRMWARE", "Firmware and imaging"),
    ("BURNIN", "Burn-in"),
    ("TEST", "Functional and electrical safety test"),
    ("LASER", "Laser engraving"),
    ("CHECK", "Final check"),
    ("PACKIN", "Packing in"),
)

# code, name, calendar, process, machines, hourly rate
WORK_CENTRES = (
    ("WC-KIT", "Kitting", "TWO-SHIFT", "KIT", 2, "38"),
    ("WC-ESD", "Board preparation", "TWO-SHIFT", "ESD", 2, "46"),
    ("WC-BLD", "Chassis build", "TWO-SHIFT", "BUILD", 4, "44"),
    ("WC-FW", "Firmware and imaging", "TWO-SHIFT", "FIRMWARE", 4, "22"),
    ("WC-BURN", "Burn-in room", "TWO-SHIFT", "BURNIN", 12, "9"),
    ("WC-TST", "Test", "TWO-SHIFT", "TEST", 2, "48"),
    ("WC-LASER", "Laser", "DAY", "LASER", 1, "35"),
    ("WC-QA", "Final check", "DAY", "CHECK", 2, "45"),
    ("WC-PCK", "Packing in", "TWO-SHIFT", "PACKIN", 2, "34"),
)

SUPPLIERS = (
    ("BOARDWERK", "Boardwerk"),
    ("SILIKO", "Siliko Distribution"),
    ("KAPPEL", "Kappel Metalworks"),
    ("KARTONA", "Kartona Packaging"),
)

# number, description, unit, standard cost, mass kg, supplier, lead time in days, pack size, opening stock
ITEMS = (
    ("CH-S", "Chassis, small form factor", "pcs", "62", "4.1", "KAPPEL", 7, "1", "30"),
    ("CH-T", "Chassis, tower", "pcs", "88", "8.2", "KAPPEL", 7, "1", "40"),
    ("CH-R", "Chassis, rack 4 units", "pcs", "214", "13.5", "KAPPEL", 7, "1", "10"),
    ("MB-A", "Mainboard A", "pcs", "176", "1.1", "BOARDWERK", 10, "1", "40"),
    ("MB-B", "Mainboard B, eight channels", "pcs", "512", "1.6", "BOARDWERK", 10, "1", "14"),
    ("CPU-08", "Processor, 8 cores", "pcs", "189", "0.1", "SILIKO", 5, "1", "30"),
    ("CPU-16", "Processor, 16 cores", "pcs", "428", "0.1", "SILIKO", 5, "1", "20"),
    ("CPU-32", "Processor, 32 cores", "pcs", "1690", "0.2", "SILIKO", 12, "1", "8"),
    ("COOL-AIR", "Air cooler", "pcs", "31", "0.8", "SILIKO", 4, "4", "48"),
    ("COOL-240", "Liquid cooler, 240 mm", "pcs", "78", "1.3", "SILIKO", 4, "2", "20"),
    ("COOL-360", "Liquid cooler, 360 mm", "pcs", "119", "1.7", "SILIKO", 4, "2", "16"),
    ("DIMM-32", "Memory module, 32 GB", "pcs", "74", "0.04", "SILIKO", 4, "4", "160"),
    ("DIMM-64", "Memory module, 64 GB", "pcs", "168", "0.04", "SILIKO", 6, "4", "32"),
    ("GPU-1", "Graphics card G1", "pcs", "355", "0.9", "SILIKO", 9, "1", "18"),
    ("GPU-2", "Graphics card G2", "pcs", "742", "1.4", "SILIKO", 14, "1", "12"),
    ("GPU-3", "Graphics card G3", "pcs", "1490", "1.9", "SILIKO", 35, "1", "0"),
    ("PSU-650", "Power supply, 650 W", "pcs", "69", "1.5", "SILIKO", 5, "2", "40"),
    ("PSU-1000", "Power supply, 1 000 W", "pcs", "118", "1.9", "SILIKO", 5, "2", "24"),
    ("PSU-1600", "Power supply, 1 600 W", "pcs", "241", "2.4", "SILIKO", 8, "1", "12"),
    ("SSD-1", "Disk, 1 TB", "pcs", "58", "0.06", "SILIKO", 3, "10", "120"),
    ("SSD-2", "Disk, 2 TB", "pcs", "96", "0.06", "SILIKO", 3, "10", "60"),
    ("SSD-4", "Disk, 4 TB", "pcs", "178", "0.06", "SILIKO", 3, "10", "40"),
    ("SSD-8", "Disk, 8 TB", "pcs", "342", "0.06", "SILIKO", 6, "5", "20"),
    ("PASTE", "Thermal paste", "g", "0.42", "0.001", "SILIKO", 3, "50", "800"),
    ("FAN-120", "Fan, 120 mm", "pcs", "9.8", "0.2", "SILIKO", 3, "10", "220"),
    ("CABLE-PW", "Graphics power cable", "pcs", "6.4", "0.1", "SILIKO", 3, "10", "90"),
    ("RAIL-4U", "Rail kit, 4 units", "pcs", "47", "3.2", "KAPPEL", 7, "1", "10"),
    ("ACOUSTIC", "Acoustic kit", "pcs", "38", "0.9", "KAPPEL", 5, "1", "18"),
    ("BX-S", "Carton, small", "pcs", "3.1", "0.6", "KARTONA", 2, "25", "100"),
    ("BX-T", "Carton, tower", "pcs", "4.6", "0.9", "KARTONA", 2, "25", "125"),
    ("BX-R", "Carton, rack", "pcs", "7.9", "1.4", "KARTONA", 2, "10", "30"),
    ("LABELS", "Label set", "pcs", "0.7", "0.01", "KARTONA", 2, "100", "600"),
)

SCRAP_REASONS = (
    ("DAMAGED", "Damaged in handling"),
    ("MATERIAL", "Material fault"),
    ("WRONG", "Built against the specification"),
)
CARRIERS = (("RAPID", "Rapid Parcel"), ("HANSE", "Hanse Freight"))
