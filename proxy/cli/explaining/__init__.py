"""The story of one request: what is known of it, and how it is told to a person or to a machine. No I/O of its own."""
