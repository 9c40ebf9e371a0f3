"""Why a date is what it is, and what a fact hurts."""
