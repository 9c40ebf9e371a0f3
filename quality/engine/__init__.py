"""Pure judgement of what was found against what was asked."""
