"""The school's own pages and accounts: whether their notice stands there, and what they post."""
