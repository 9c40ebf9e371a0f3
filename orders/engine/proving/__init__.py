"""The proof before publication: what holds for every configuration, and what stands in the way."""

from orders.engine.proving.prove import Proof, prove, prove_product

__all__ = ["Proof", "prove", "prove_product"]
