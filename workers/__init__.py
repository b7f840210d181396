"""The workers: text handling, summarizers, translators, engines and checks."""
