"""Which extension brings which type, for the extensions that migrations ask for most."""

from __future__ import annotations

_TYPES = {
    "citext": ("citext",),
    "cube": ("cube",),
    "hstore": ("hstore",),
    "intarray": ("query_int",),
    "isn": ("ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"),
    "ltree": ("lquery", "ltree", "ltxtquery"),
    "pg_trgm": ("gtrgm",),
    "postgis": ("box2d", "box3d", "geography", "geometry", "raster"),
    "seg": ("seg",),
    "vector": ("halfvec", "sparsevec", "vector"),
}
TYPE_EXTENSIONS = {name: extension for extension, names in _TYPES.items() for name in names}
