"""What the embedded default brings with it where no server was named."""
