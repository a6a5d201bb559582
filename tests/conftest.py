"""Makes `rig` importable from every folder of tests, whichever of them is run."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# Tests never time, and a busy machine is no finding.
settings.register_profile("consentmw", deadline=None)
settings.load_profile("consentmw")
