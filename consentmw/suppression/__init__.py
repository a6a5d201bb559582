"""Where core and html meet: what is kept of a page, of cookies and of hints."""
