"""Môi trường, nguồn nước và thiên tai: salt, levels, air, warnings, stations, sluices. Rules EN-01 to EN-07, domain notes §3.11.

A reading counts where its quality is good. A station that says nothing is unknown: its alert neither comes nor goes, EN-06 speaks of the silence.
"""

from ioc.alerts.watch import Watch

STREAMS = ("environment",)

WATCHES = (
    Watch(key="salinity_high", streams=STREAMS, unit="g/l", parameters=("intakes", "line_gl"),
          about="Stations by their highest salt of the last 25 hours, one lunar day, so that midnight makes no gap; where water is taken in for "
                "drinking from any salt on, elsewhere from the line on."),
    Watch(key="salinity_rise", streams=STREAMS, unit="g/l", parameters=("within_h",), figures=("salinity_gl",),
          about="Stations by how far the salt of the last hours lies above the highest of the 25 hours before: what the tide alone does not bring."),
    Watch(key="water_level", streams=STREAMS, unit="alarm level", parameters=("fresh_h",), figures=("level_cm",),
          about="Stations with alarm levels, by the level (1 to 3, 0 = below) that their newest water level reaches; levels that nobody has told are "
                "passed over."),
    Watch(key="air_index", streams=STREAMS, unit="VN_AQI", parameters=("fresh_h",), about="Stations by their newest hourly index of the air."),
    Watch(key="hazard_bulletin", streams=STREAMS, unit="risk level", figures=("issuer", "area"),
          about="Bulletins of natural hazards that were issued and have neither expired nor been cancelled, by their risk level; from their issue "
                "on, not from when they take effect. An exercise counts where it is simulated."),
    Watch(key="station_unsound", streams=STREAMS, unit="intervals", parameters=("properties", "flat_n", "fresh_gl"), figures=("silent_n", "flat_n"),
          about="Stations by their longest silence, in intervals of their own readings (the median of the last ones, a third of the source's "
                "promise at least), 3 where a value has not moved. If all are silent it is the source that is, and nothing is known of one."),
    Watch(key="sluice_salt", streams=STREAMS, unit="%", parameters=("fresh_h",), figures=("salinity_gl", "limit_gl", "open_pct"),
          about="Sluices that stand open, by the newest salt before them as a share of their limit: of the station that the sluice names, else of "
                "the stations of its unit."),
)
