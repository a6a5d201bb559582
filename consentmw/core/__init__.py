"""The decision itself: values in, values out, without I/O, clock, framework or logging."""
