"""The forms of panels: calling one, the pupils on it, a decision, a pack."""
