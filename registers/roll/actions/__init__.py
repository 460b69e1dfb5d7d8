"""Every write of the admission register."""
