"""Close a school or some of it, write the marks of it, and undo it."""
