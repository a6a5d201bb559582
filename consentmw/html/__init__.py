"""The HTML engine: push bytes, get bytes. It knows nothing of consent; a `sieve.Sieve` decides."""
