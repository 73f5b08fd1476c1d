"""Looking after the desk without code: services, programmes, categories, replies, keys."""
