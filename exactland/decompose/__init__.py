"""Positive-dimensional critical sets: case trees, components, sample points, tangent fields."""
