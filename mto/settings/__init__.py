"""Settings: base is shared, local, test and production differ, env reads the environment."""
