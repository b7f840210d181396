"""Webhooks: telling a newsroom's own server that its job has ended (Standard Webhooks 1.0)."""
