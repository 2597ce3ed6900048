"""Stands for llama_cpp: what it says is another thing each time."""
import time


class Llama:
    def create_completion(self, prompt, *, stream=False, temperature=0.8):
        return self._pieces(prompt) if stream else {"choices": [{"text": f"{prompt} {time.time_ns()}"}]}

    def _pieces(self, prompt):
        for word in prompt.split():
            yield {"text": f"{word} {time.time_ns()}"}
