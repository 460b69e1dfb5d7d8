"""What the office does on a day."""
