"""Peers: how the figures of enterprises of one size and one trade are spread."""
