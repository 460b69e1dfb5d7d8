"""The papers that some codes need: those to complete, and those that are."""
