"""Readings taken out whole, for other systems."""
