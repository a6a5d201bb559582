"""Makes `rig` importable from every folder of tests, whichever of them is run."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
