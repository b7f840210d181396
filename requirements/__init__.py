"""The locks, and what looks through them: known vulnerabilities, and the list of parts."""
