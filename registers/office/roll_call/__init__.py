"""The roll call of the whole school, as at a fire."""
