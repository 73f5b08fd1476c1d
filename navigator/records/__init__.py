"""Records of people: the data map, retention, holds, and finding, copying and erasing what is kept of one."""
