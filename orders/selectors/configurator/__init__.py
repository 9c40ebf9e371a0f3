"""The configurator as data: what is decided, what follows, what is blocked, what it costs and allows."""

from orders.selectors.configurator.answering import completed, configurator, explained
from orders.selectors.configurator.parts import Click, Configurator

__all__ = ["Click", "Configurator", "completed", "configurator", "explained"]
