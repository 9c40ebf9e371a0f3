"""Measurements that print one JSON line (benchmarks.web: one a page); nothing here is a test."""
