"""Policies: scripted ones, and any OpenAI-compatible endpoint (in `policies.endpoint`, imported on demand)."""

from enterprisegym.rollout.policies.scripted import Script, ScriptedPolicy, null, reference, scripted

__all__ = ["Script", "ScriptedPolicy", "null", "reference", "scripted"]
