"""The pages of panels: the list, calling and changing one, the meeting itself, packs."""
