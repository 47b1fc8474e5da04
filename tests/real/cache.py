"""Where the fetched parts lie, and whether they are the pinned ones."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from .errors import NotPreparedError

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".cache" / "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A fetched part: its folder in the cache and the file beside this one that pins its version; `made_of`: what else it was made of."""

    name: str
    folder: Path
    pinned_by: Path
    made_of: tuple[Path, ...] = ()

    def is_ready(self) -> bool:
        """Whether the folder was filled to its end from the pinning file as it stands now."""
        return self._stamp.is_file() and self._stamp.read_text() == self._pin()

    def require(self) -> Path:
        """Give the folder.

        Raises NotPreparedError when the part is missing or was fetched for other versions.
        """
        if not self.is_ready():
            raise NotPreparedError(self.name)
        return self.folder

    def mark_ready(self) -> None:
        """Record that the folder now holds all that the pinning file asks for."""
        self._stamp.write_text(self._pin())

    @property
    def _stamp(self) -> Path:
        return self.folder / ".pinned-by.sha256"

    def _pin(self) -> str:
        return hashlib.sha256(b"".join(file.read_bytes() for file in (self.pinned_by, *self.made_of))).hexdigest()


KAFKA = Part(name="Kafka", folder=CACHE / "kafka", pinned_by=HERE / "pom.xml")
TIMESCALE = Part(name="TimescaleDB", folder=CACHE / "timescale", pinned_by=HERE / "package-lock.json")
RTSP = Part(name="RTSP server", folder=CACHE / "rtsp", pinned_by=HERE / "rtsp" / "go.sum", made_of=(HERE / "rtsp" / "go.mod", HERE / "rtsp" / "main.go"))
