"""Environments: content over the engine. `enterprisegym.make(name)` finds them here by name."""
