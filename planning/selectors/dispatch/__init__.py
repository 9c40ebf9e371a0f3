"""What the floor does next, and when the operations of an order are planned."""
