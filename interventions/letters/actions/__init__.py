"""Letters: proposed, drawn, decided about, printed, sent."""
