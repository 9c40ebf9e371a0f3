"""The customers' API, version 1: keys, problems, orders, products, schema."""
