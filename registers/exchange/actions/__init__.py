"""What an import writes, a module for each file of the layout."""
