"""What the columns and words of a table mean. No Django in this package."""
