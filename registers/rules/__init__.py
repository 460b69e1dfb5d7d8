"""The law and the arithmetic of registers as plain values. No Django in this package."""
