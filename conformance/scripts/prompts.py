"""The prompts of p8."""

PROMPTS = ["What is the plan?", "Answer in French."]
