"""The night’s check of the weekly totals, and the standings it brings up to date."""
