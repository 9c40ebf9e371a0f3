"""The demo shop and the people who play it: above every stage."""
