"""What an import checks before anything is written, a module for each file of the layout."""
