"""Reductions: a polynomial objective rewritten into smaller ones with the same critical points, and the way back.

One file for each kind of reduction; `plan` decides which ones are worth it. Nothing here is trusted: the checker
computes the smaller objectives by itself (rules X of `proofs/SPEC.md`).
"""
