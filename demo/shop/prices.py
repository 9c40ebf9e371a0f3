"""What the shop asks and what things cost it: price lists, currencies, taxes, rates and limits."""

# group, name, its customers
PRICE_GROUPS = (("FLEET", "Fleet customers", ("COBALT", "BROOK")),)

# code, name, group (none: for all), currency, lines: (product, base price, discount %, options, breaks)
# options: (choice, option, adder); breaks: (from quantity, base price, discount %)
PRICE_LISTS = (
    (
        "STD",
        "Standard prices",
        None,
        "EUR",
        (("NB-W7", None, "0", (), ((10, None, "2"), (25, None, "4"))),),
    ),
    (
        "FLEET",
        "Fleet prices",
        "FLEET",
        "EUR",
        (("NB-W7", "960", "0", (("RAM_GB", "64", "95"),), ((10, None, "3"), (25, None, "5"))),),
    ),
)

# customer (none: everybody), language, payment terms, delivery time, days valid,
# plan: (event, percent, days net)
TERMS = (
    (None, "", "30 days net", "Delivery time counts from order confirmation.", 30, ()),
    (None, "en", "30 days net, no discount", "6 to 8 weeks after order confirmation", 30, ()),
    (None, "de", "30 Tage netto ohne Abzug", "6 bis 8 Wochen nach Auftragsbestätigung", 30, ()),
    (
        "BROOK",
        "",
        "Deposit, then on delivery",
        "8 weeks after order confirmation",
        45,
        (("confirmed", "30", 0), ("delivered", "70", 30)),
    ),
)

# from, to, rate
CURRENCY_RATES = (("EUR", "USD", "1.0835"), ("EUR", "GBP", "0.8642"), ("EUR", "NOK", "11.72"))

# country, customer category, percent, wording
TAXES = (
    ("DE", "", "19", "VAT 19 %"),
    ("PT", "business", "0", "Reverse charge, Article 196 VAT Directive"),
    ("PT", "consumer", "23", "IVA 23 %"),
    ("", "", "0", "Export, exempt from VAT"),
)

# role, discount up to %, margin of at least %
POLICIES = (("sales", "5", None), ("manager", "20", None))

MATERIAL_PERCENT, ADMIN_PERCENT = "2", "3"
MACHINE_SHARE, LABOUR_SHARE, OVERHEAD_PERCENT = "0.4", "0.6", "12"
