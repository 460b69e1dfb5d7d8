"""What Rollbook takes the tables of an upload for, and what it must ask."""
