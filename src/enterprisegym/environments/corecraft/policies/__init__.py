"""Corecraft's written policies in executable form, for building and verifying tasks; agents never see them."""
