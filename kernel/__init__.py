"""Mechanisms without a business word: state machine, money, quantities, expressions."""
