"""The first page, the gallery of components, the web app manifest."""
