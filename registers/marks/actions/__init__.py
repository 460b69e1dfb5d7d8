"""Every write of a mark, its amendment, its seal, the weekly totals and the papers it needs."""
