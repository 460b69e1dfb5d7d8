"""Who is on the site now."""
