"""Pure algorithms of procurement."""
