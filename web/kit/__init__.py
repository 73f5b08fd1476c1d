"""What every page stands on: dependencies, forms, templating, security, cookies, static files."""
