"""One file for each change of shape, in order; never edited once it was released."""
