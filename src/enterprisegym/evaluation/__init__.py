"""Evaluation: runs over many tasks, their reports, and statistics that say how sure the figures are."""
