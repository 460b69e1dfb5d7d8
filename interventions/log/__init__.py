"""The log of actions and its next steps."""
