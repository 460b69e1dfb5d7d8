"""Staff: who is here, who is invited, what each may do."""
