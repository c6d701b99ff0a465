"""The live kernel of an open notebook, spoken to behind the page's back."""

import ast
import base64
import pickle
import time
from dataclasses import dataclass
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

PICKLED = "__import__('base64').b64encode(__import__('pickle').dumps(({}))).decode()"


class KernelError(AssertionError):
    """Code failed in the kernel; the message is the kernel's."""


@dataclass(frozen=True)
class Kernel:
    """Runs code silently: no prompt number is used up. While a cell runs, it waits its turn."""

    client: BlockingKernelClient

    def eval(self, expression: str, *, seconds: float = 60) -> Any:
        """The value of a Python expression in the notebook's namespace."""
        answers = self._execute("", {"value": PICKLED.format(expression)}, seconds)
        text = _checked(answers["user_expressions"]["value"])["data"]["text/plain"]
        return pickle.loads(base64.b64decode(ast.literal_eval(text)))

    def until(self, expression: str, *, seconds: float = 20) -> None:
        """Wait until an expression is true: what the page did takes a moment to arrive here."""
        deadline = time.monotonic() + seconds
        while not self.eval(f"bool({expression})"):
            if time.monotonic() > deadline:
                raise AssertionError(f"not true within {seconds} s: {expression}")

    def run(self, code: str, *, seconds: float = 60) -> None:
        """Run statements in the notebook's namespace."""
        self._execute(code, {}, seconds)

    def _execute(self, code: str, expressions: dict[str, str], seconds: float) -> Any:
        reply = self.client.execute(
            code,
            silent=True,
            store_history=False,
            user_expressions=expressions,
            allow_stdin=False,
            reply=True,
            timeout=seconds,
        )
        return _checked(reply["content"])


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    if answer["status"] != "ok":
        raise KernelError(f"{answer['ename']}: {answer['evalue']}")
    return answer
