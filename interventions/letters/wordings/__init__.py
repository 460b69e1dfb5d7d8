"""The words of each kind of letter, Rollbook’s and a school’s own."""
