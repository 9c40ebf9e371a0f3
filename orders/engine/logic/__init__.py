"""Product logic: which options are still possible, why not, what completes them best, how many variants."""
