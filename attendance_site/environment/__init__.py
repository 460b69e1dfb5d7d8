"""What the text of a variable of the environment becomes."""
