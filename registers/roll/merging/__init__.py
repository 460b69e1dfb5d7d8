"""Two pupils of the roll that are one child."""
