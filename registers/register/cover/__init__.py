"""Cover: a group whose registers a colleague takes on one day."""
