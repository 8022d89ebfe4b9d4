"""Grading: what a rollout's answer, calls and changes are worth, criterion by criterion."""

from enterprisegym.grading.checks import CheckResult, run_check, validate_check
from enterprisegym.grading.grade import grade
from enterprisegym.grading.identity import grader_hash
from enterprisegym.rollout.outcome import Outcome
from enterprisegym.rollout.record import Grade, Verdict

__all__ = ["CheckResult", "Grade", "Outcome", "Verdict", "grade", "grader_hash", "run_check", "validate_check"]
