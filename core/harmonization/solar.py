# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the sun stands when Landsat and Sentinel-2 pass: the solar zenith to which HLS v2.0 normalises.

HLS v2.0 takes, for the centre of a tile and the day, the mean of the solar zeniths at the times at which Landsat 8 and
Sentinel-2 pass that latitude (HLS Product User Guide v2.0, BRDF adjustment; HLS processing code, ``mean_solarzen``).
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone

# Inclination of the orbit in degrees and local mean solar time of its descending node in hours.
ORBITS = ((98.2, 10.0 + 11.0 / 60.0), (98.62, 10.5))
# Beyond this latitude neither satellite passes overhead, so HLS keeps the sun as it was.
LARGEST_LATITUDE = 81.3

_J2000 = datetime(2000, 1, 1, 12, tzinfo=timezone.utc)
# Radius of the Earth in astronomical units (6371.01 km / 149597890 km), the sun's parallax.
_PARALLAX = 6371.01 / 149597890.0


def local_solar_zenith(latitude: float, longitude: float, day: date) -> float:
    """Return the solar zenith in degrees to which HLS v2.0 normalises a place on a day.

    Args:
        latitude: degrees north, at most 81.3 from the equator.
        longitude: degrees east.
        day: day of the acquisition.

    Raises:
        ValueError: the satellites do not pass that latitude.
    """
    if abs(latitude) > LARGEST_LATITUDE:
        raise ValueError(f"no overpass at a latitude of {latitude:g} degrees")
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
    found = []
    for inclination, node in ORBITS:
        hours = overpass_time(latitude, inclination, node) - longitude / 15
        found.append(solar_zenith(latitude, longitude, midnight + timedelta(hours=hours)))
    return sum(found) / len(found)


def overpass_time(latitude: float, inclination: float, node: float) -> float:
    """Return the local mean solar time in hours at which a descending orbit passes a latitude.

    Li, Zhang and Roy (2019), IEEE TGRS 57, 3591-3598, equation 4.

    Args:
        latitude: degrees north.
        inclination: of the orbit, degrees.
        node: local mean solar time of the descending node, hours.
    """
    ratio = math.tan(math.radians(latitude)) / math.tan(math.radians(inclination))
    return node - math.degrees(math.asin(ratio)) / 15


def solar_zenith(latitude: float, longitude: float, time: datetime) -> float:
    """Return the zenith angle of the sun in degrees, to within 0.01 degrees between 1999 and 2050.

    Blanco-Muriel et al. (2001), Computing the solar vector, Solar Energy 70, 431-441, with the sun's parallax.

    Args:
        latitude: degrees north.
        longitude: degrees east.
        time: with time zone.
    """
    days = (time - _J2000).total_seconds() / 86400
    omega = 2.1429 - 0.0010394594 * days
    anomaly = 6.2400600 + 0.0172019699 * days
    ecliptic = 4.8950630 + 0.017202791698 * days + 0.03341607 * math.sin(anomaly)
    ecliptic += 0.00034894 * math.sin(2 * anomaly) - 0.0001134 - 0.0000203 * math.sin(omega)
    obliquity = 0.4090928 - 6.2140e-9 * days + 0.0000396 * math.cos(omega)
    ascension = math.atan2(math.cos(obliquity) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(obliquity) * math.sin(ecliptic))
    clock = time.astimezone(timezone.utc)
    hours = clock.hour + clock.minute / 60 + (clock.second + clock.microsecond / 1e6) / 3600
    sidereal = 6.6974243242 + 0.0657098283 * days + hours
    hour_angle = math.radians(15 * sidereal + longitude) - ascension
    north = math.radians(latitude)
    height = math.cos(north) * math.cos(hour_angle) * math.cos(declination) + math.sin(declination) * math.sin(north)
    zenith = math.acos(max(-1.0, min(1.0, height)))
    return math.degrees(zenith + _PARALLAX * math.sin(zenith))
