"""What every page shares: who may open it, addresses, forms, long work, documents."""
