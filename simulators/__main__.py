"""`python -m simulators`: publish simulated events."""

import sys

from simulators.engine.run import main

sys.exit(main())
