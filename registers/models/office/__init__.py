"""What is planned and what happens around the register on a day."""
