"""The pages of the log: an action, its documents, everybody's next steps."""
