"""What there is to support: services, programmes and the categories of what goes wrong."""
