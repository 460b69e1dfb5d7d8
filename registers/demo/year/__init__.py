"""What happens in the invented school’s years."""
