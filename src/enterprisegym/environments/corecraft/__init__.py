"""Corecraft: the customer support of an online retailer of PC parts, prebuilt systems and custom builds.

`spec.py` says what it brings to the engine.
"""
