"""Tests of the kernel: state machine, money, quantities, formulas."""
