"""Letters: proposed or written by hand, looked at, sent; their words and their paper."""
