"""The papers for a panel: what is read for them, how it is said, and the PDF."""
