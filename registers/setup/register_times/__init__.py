"""When registers are called: from which day on, on which weekdays."""
