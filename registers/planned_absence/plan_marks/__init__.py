"""The marks that a plan made before it was changed or withdrawn."""
