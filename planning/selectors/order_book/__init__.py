"""The order book and the plan in force as the engine wants them."""
