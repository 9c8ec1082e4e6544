"""The terminals' backends: one protocol, its two implementations, and the router in front of them."""
