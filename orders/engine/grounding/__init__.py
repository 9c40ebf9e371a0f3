"""Product models in the solver's terms: features, parameters cut into intervals, rules as propositions."""

from orders.engine.grounding.ground import Grounder, Grounding, Loose, Owner, conditions_of, ground

__all__ = ["Grounder", "Grounding", "Loose", "Owner", "conditions_of", "ground"]
