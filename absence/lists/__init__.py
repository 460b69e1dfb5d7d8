"""The list of pupils with their figures."""
