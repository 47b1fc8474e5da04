"""Which process looks at which camera: the database holds a lease for each, so that several share them and none is looked at twice."""

from collections.abc import Collection, Mapping
from importlib import resources

from ioc.cameras.contract import Sight
from ioc.db.connect import Connection
from ioc.db.queries import named

LEASE_S = 20.0
"""A process that was not heard for so long has lost its cameras: it stops looking, and others take them."""

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.cameras").joinpath("leases.sql")).items()}


class Leases:
    """The leases of one process. `holder`: its name, one in the whole centre."""

    def __init__(self, holder: str, cameras: Collection[str], *, lease_s: float = LEASE_S) -> None:
        self._holder = holder
        self._cameras = sorted(cameras)
        self._lease_s = lease_s

    def know(self, conn: Connection) -> None:
        """Make the database know the profile's cameras and no others."""
        conn.execute(_SQL["know"], {"cameras": self._cameras})
        conn.execute(_SQL["forget"], {"cameras": self._cameras})

    def turn(self, conn: Connection) -> frozenset[str]:
        """Hold on to what is ours, give back what is over our share or take what is free; answers the cameras that are ours now."""
        row = conn.execute(_SQL["hear"], self._given()).fetchone()
        assert row is not None
        share = -(-len(self._cameras) // max(1, row[0]))
        held = {name for (name,) in conn.execute(_SQL["renew"], self._given())}
        if surplus := sorted(held)[share:]:
            conn.execute(_SQL["release"], {"holder": self._holder, "cameras": surplus})
        elif len(held) < share:
            held |= {name for (name,) in conn.execute(_SQL["take"], self._given() | {"cameras": self._cameras, "most": share - len(held)})}
        return frozenset(held - set(surplus))

    def tell(self, conn: Connection, sights: Mapping[str, Sight]) -> None:
        """Write how cameras stand."""
        if sights:
            conn.execute(_SQL["tell"], {
                "holder": self._holder, "cameras": list(sights), "conditions": [str(s.condition) for s in sights.values()],
                "causes": [str(s.cause or "") for s in sights.values()], "since": [s.since for s in sights.values()],
                "received": [s.received_at for s in sights.values()], "pictures": [s.picture_at for s in sights.values()],
                "offsets": [s.clock_offset_s for s in sights.values()]})

    def leave(self, conn: Connection) -> None:
        """Give everything back at once: the process ends."""
        conn.execute(_SQL["release"], {"holder": self._holder, "cameras": self._cameras})
        conn.execute(_SQL["leave"], {"holder": self._holder})

    def _given(self) -> dict[str, object]:
        return {"holder": self._holder, "lease_s": self._lease_s}
