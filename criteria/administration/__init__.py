"""Criteria sets, statistics, decisions and money in the administration."""
