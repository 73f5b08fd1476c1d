"""What all pages share: dependencies, forms, templating, security middleware, cookies, static files."""
