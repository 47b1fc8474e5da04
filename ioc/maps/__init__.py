"""Maps: folium without the internet, the schematic of the units."""
