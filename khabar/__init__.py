"""What every part of Khabar shares: records, identities, the Redis store and the settings."""

__version__ = "0.1.0"
