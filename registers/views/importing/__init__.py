"""Imports in the browser: templates to fill in, files to choose, what they would do, what came."""
