"""Documents of the party committee and the province, held against the data."""
