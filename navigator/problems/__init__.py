"""Problems: what keeps happening, its workaround, and what the supplier says."""
