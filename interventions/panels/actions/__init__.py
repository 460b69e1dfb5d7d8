"""Every write of a panel."""
