"""Operations and their material as the floor and the buyers report them."""
