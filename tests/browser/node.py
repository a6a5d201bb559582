"""Running the guard's sources in Node.js, where the tests of single functions need no browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

CLIENT = Path(__file__).parents[2] / "consentmw" / "browser" / "client"


def evaluate(code: str, *, rules: list[dict[str, Any]], origin: str, given: Any) -> Any:
    """Run a module that has `given` and returns its answer, in the place of a worker with rules."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CONSENTMW_REQUIRE_NODE"):
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    program = f"""
        import {{ readFileSync }} from 'node:fs';
        const {{ rules, origin, given }} = JSON.parse(readFileSync(0, 'utf8'));
        globalThis.self = globalThis;
        self.origin = origin;
        self.location = new URL(origin);
        self.handedRules = rules;
        const client = async (name) => import({json.dumps(CLIENT.as_uri())} + '/' + name + '.js');
        const answer = await (async () => {{ {code} }})();
        process.stdout.write(JSON.stringify(answer));
    """
    done = subprocess.run(
        [node, "--input-type=module", "--eval", program],
        input=json.dumps({"rules": rules, "origin": origin, "given": given}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
