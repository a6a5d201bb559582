"""What a scan or an audit found, written for people (tables, a page) and for machines."""
