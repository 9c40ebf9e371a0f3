"""Work orders on the floor, time, material issue."""
