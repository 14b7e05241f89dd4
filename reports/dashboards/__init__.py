"""Pages to look at: overview, district, criterion, commune, what-if."""
