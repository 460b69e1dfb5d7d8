"""Charts as SVG, drawn by hand. No Django in this package."""
