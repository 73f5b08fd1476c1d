"""Administration without code: settings of services, programmes, categories, replies and API keys."""
