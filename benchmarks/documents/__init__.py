"""What drawing on paper costs: letters, packs of ten, and the memory of a worker."""
