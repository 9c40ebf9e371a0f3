"""Places in few bytes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planning.engine import NEVER
from planning.selectors.what_if.packing import PLACE, pack_places, unpack_places

PLACES = st.lists(
    st.tuples(st.integers(-(10**13), 10**9), st.integers(-1100, 900), st.integers(0, 10**8)),
    unique_by=lambda row: row[0],
)


@given(PLACES)
def test_what_is_packed_comes_out_again(rows: list[tuple[int, int, int]]) -> None:
    given_rows = [(*row, row[2] + 60) if row[1] >= 0 else (row[0], -1, NEVER, NEVER) for row in rows]
    table = np.array(given_rows, PLACE).reshape(-1)
    assert unpack_places(pack_places(table)).tolist() == sorted(given_rows)


def test_eighty_thousand_places_take_less_than_two_megabytes() -> None:
    chance, count = np.random.default_rng(1), 80_000
    table = np.zeros(count, PLACE)
    table["id"], table["machine"] = np.arange(count), chance.integers(1, 50, count)
    table["start"] = chance.integers(30_000_000, 30_100_000, count)
    table["end"] = table["start"] + chance.integers(20, 2000, count)
    assert len(pack_places(table)) < 2_000_000
