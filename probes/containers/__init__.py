"""Containers: services of ECS, their tasks, and the images that they run."""
