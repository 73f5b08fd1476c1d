"""Service catalogue: services, programmes, and the categories of what goes wrong."""
