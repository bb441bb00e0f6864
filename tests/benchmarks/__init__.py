"""Measuring the register on invented records; see the modules. Nothing here is a test."""
