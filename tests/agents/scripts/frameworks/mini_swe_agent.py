"""mini-swe-agent: it runs the shell commands that the model asks for, in a checkout, and saves its trajectory."""

import os
import subprocess
from pathlib import Path

import yaml
from minisweagent import package_dir
from minisweagent.agents.default import DefaultAgent
from minisweagent.environments.local import LocalEnvironment
from minisweagent.models.litellm_model import LitellmModel

COMMANDS = iter(
    [
        "ls -la; date +%N > stamp; cat stamp; echo $RANDOM",
        "git status --short; git log --oneline | head -3",
        "echo 'print(6 * 7)' > answer.py && python3 answer.py",
        "cat nowhere; exit 3",
        "sleep 5",
        "git add -A && git commit -qm 'the answer' && git show --stat | tail -3",
        "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT; cat stamp",
    ]
)


class Model(LitellmModel):
    """The bundled server's model names commands at random: these are the ones of this task."""

    def query(self, messages, **kwargs):
        message = super().query(messages, **kwargs)
        for action in message["extra"]["actions"][:1]:
            action["command"] = next(COMMANDS)
        return message


os.environ["MSWEA_COST_TRACKING"] = "ignore_errors"
Path("repo").mkdir()
subprocess.run("git init -q && git config user.email a@b && git config user.name a && echo x > x && git add x && git commit -qm first", shell=True, cwd="repo", check=True)
config = yaml.safe_load((package_dir / "config" / "mini.yaml").read_text())
model = Model(model_name="openai/gpt-4o-mini", model_kwargs={"api_base": os.environ["OPENAI_BASE_URL"], "api_key": os.environ["OPENAI_API_KEY"], "tool_choice": "required"}, cost_tracking="ignore_errors", observation_template=config["model"]["observation_template"], format_error_template=config["model"]["format_error_template"])
agent = DefaultAgent(model, LocalEnvironment(cwd="repo", timeout=1), system_template=config["agent"]["system_template"], instance_template=config["agent"]["instance_template"], step_limit=30, output_path=Path("trajectory.json"))
print(agent.run("Find the answer."))
print(agent.n_calls, len(agent.messages), Path("trajectory.json").stat().st_size)
for message in agent.messages[2:]:
    print(message["role"], str(message.get("content"))[:300])
