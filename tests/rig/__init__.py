"""What the tests with real servers and real browsers stand on; none of it knows consentmw."""
