"""Plan an absence for one or many, change a plan, withdraw it."""
