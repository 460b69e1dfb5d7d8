"""Open a register, save what is taken on a page or a device, end it, fill its blanks."""
