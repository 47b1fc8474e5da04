"""`python -m simulators.citizens`: file simulated reports at a running centre."""

import sys

from simulators.citizens.run import main

sys.exit(main())
