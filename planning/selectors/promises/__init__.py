"""When quotations can be delivered."""
