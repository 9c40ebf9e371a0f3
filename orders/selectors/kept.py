"""What is made once per process and kept: the things used last, under a lock."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """A dictionary of limited size that forgets what was not used for longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, Thing] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Thing | None:
        """What was kept, or None."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Hashable, thing: Thing) -> None:
        """Keep a thing."""
        with self._lock:
            self._held[key] = thing
            if len(self._held) > self._most:
                self._held.popitem(last=False)
