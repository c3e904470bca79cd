"""The few signs of the pages, drawn as strokes on a field of 24 by 24."""

from typing import Final

#: Inner SVG by name: strokes only, so that a sign takes the colour of its text.
ICONS: Final = {
    "board": '<rect x="3" y="3" width="7" height="7" rx="1"/><rect x="3" y="14" width="7" height="7" rx="1"/>'
    '<path d="M14 5h7M14 9h7M14 16h7M14 20h7"/>',
    "stage": '<path d="M4 5h16v14H4z"/><path d="m10 9 5 3-5 3z"/>',
    "keys": '<rect x="2" y="5" width="20" height="14" rx="2"/>'
    '<path d="M6 9h1M10 9h1M14 9h1M18 9h0M7 15h10M6 12h1M10 12h1M14 12h1M18 12h0"/>',
    "out": '<path d="M9 4H5v16h4M13 8l4 4-4 4M17 12H9"/>',
    "pulse": '<path d="M2 12h4l3-8 6 16 3-8h4"/>',
    "tower": '<circle cx="12" cy="8" r="2"/>'
    '<path d="m8 21 4-11 4 11M9.500 17h5M7 12a6 6 0 0 1 0-8M17 12a6 6 0 0 0 0-8"/>',
    "house": '<path d="m3 11 9-8 9 8v10H3z"/><path d="M9.500 21v-7h5v7"/>',
    "map": '<path d="M9 4 3 6.500v13.500l6-2.500 6 2.500 6-2.500V4l-6 2.500z"/><path d="M9 4v13.500M15 6.500V20"/>',
    "search": '<circle cx="10.500" cy="10.500" r="6.500"/><path d="m15.500 15.500 5.500 5.500"/>',
    "person": '<circle cx="10" cy="7" r="4"/><path d="M3 21v-2a5 5 0 0 1 5-5h4a5 5 0 0 1 4 2m0 2 2 2 4-4"/>',
    "people": '<circle cx="9" cy="7" r="4"/>'
    '<path d="M2 21v-2a5 5 0 0 1 5-5h4a5 5 0 0 1 5 5v2M16 3.500a4 4 0 0 1 0 7'
    'M19 14.500a5 5 0 0 1 3 4.500v2"/>',
    "sound": '<path d="M3 9v6h4l5 5V4L7 9zM16 9a4 4 0 0 1 0 6M19 6a8 8 0 0 1 0 12"/>',
    "mute": '<path d="M3 9v6h4l5 5V4L7 9zM16 9.500l5 5M21 9.500l-5 5"/>',
    "moon": '<path d="M20 14A8.500 8.500 0 1 1 10 4a7 7 0 0 0 10 10z"/>',
    "sun": '<circle cx="12" cy="12" r="4"/>'
    '<path d="M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600 19 19'
    'M5 19l1.400-1.400M17.600 6.400 19 5"/>',
    "warning": '<path d="M12 3 22 20H2z"/><path d="M12 10v4M12 17h0"/>',
    "hand": '<path d="m4 13 5 5L20 6"/>',
    "up": '<path d="M7 17 17 7M8 7h9v9"/>',
    "note": '<path d="M5 3h9l5 5v13H5z"/><path d="M14 3v5h5M9 13h6M9 17h4"/>',
    "calendar": '<rect x="3" y="5" width="18" height="16" rx="1"/>'
    '<path d="M3 10h18M8 3v4M16 3v4M8 14h2M14 14h2M8 18h2"/>',
    "link": '<path d="M9 15 15 9M10 6l2-2a4.200 4.200 0 0 1 6 6l-2 2M14 18l-2 2a4.200 4.200 0 0 1-6-6l2-2"/>',
    "done": '<circle cx="12" cy="12" r="9"/><path d="m8 12 3 3 5-6"/>',
    "next": '<path d="M5 4v16M9 12h11M15 7l5 5-5 5"/>',
    "phone": '<path d="M5 3h4l2 5-3 2a12 12 0 0 0 6 6l2-3 5 2v4a2 2 0 0 1-2 2A17 17 0 0 1 3 5a2 2 0 0 1 2-2z"/>',
    "pin": '<path d="M12 22s7-7 7-12a7 7 0 0 0-14 0c0 5 7 12 7 12z"/><circle cx="12" cy="10" r="2.500"/>',
    "key": '<circle cx="15.500" cy="8.500" r="5"/><path d="m12 12-9 9v-4M7 17l3 3"/>',
    "heart": '<path d="M12 21C5 15 2 12 2 8.500A5 5 0 0 1 12 7a5 5 0 0 1 10 1.500C22 12 19 15 12 21z"/>'
    '<path d="M5 12h4l2-3 2 6 2-3h4"/>',
    "ear": '<path d="M6 9a6 6 0 1 1 12 0c0 5-5 5-5 9a3 3 0 0 1-6 1M10 9a2.500 2.500 0 0 1 5 0c0 2-2 2-2 4"/>',
    "paw": '<circle cx="7" cy="10" r="1.700"/><circle cx="12" cy="6.500" r="1.700"/>'
    '<circle cx="17" cy="10" r="1.700"/>'
    '<path d="M12 12c3 0 5 3 5 5.500S14 20 12 20s-5 0-5-2.500S9 12 12 12z"/>',
    "send": '<path d="M21 3 3 10l7 3 3 8zM10 13 21 3"/>',
    "message": '<path d="M3 4h18v13H9l-5 4v-4H3z"/>',
    "repeat": '<path d="M4 11a7 7 0 0 1 12-5l3 3M19 4v5h-5M20 13a7 7 0 0 1-12 5l-3-3M5 20v-5h5"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l4 2"/>',
    "cross": '<path d="M6 6l12 12M18 6 6 18"/>',
    "lock": '<rect x="4" y="11" width="16" height="10" rx="2"/><path d="M8 11V7a4 4 0 0 1 8 0v4"/>',
    "cut": '<path d="M2 2l20 20M8.500 15.500a5 5 0 0 1 7 0M5 12a10 10 0 0 1 4-2.500'
    'M19 12a10 10 0 0 0-5-2.800M2 8.500A15 15 0 0 1 6 6M22 8.500A15 15 0 0 0 11 5M12 19h0"/>',
    "van": '<path d="M2 6h11v11H2zM13 10h5l4 4v3h-9z"/><circle cx="7" cy="18" r="2"/><circle cx="17" cy="18" r="2"/>',
    "eye": '<path d="M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7z"/><circle cx="12" cy="12" r="3"/>',
    "down": '<path d="M7 7 17 17M17 8v9H8"/>',
    "help": '<circle cx="12" cy="12" r="9"/>'
    '<path d="M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.300-1 .8-1 1.700M12 17h0"/>',
    "chart": '<path d="M4 3v18h17M8 17v-5M12.500 17V7M17 17v-8"/>',
    "shield": '<path d="M12 2 4 5v7c0 5 3.500 8 8 10 4.500-2 8-5 8-10V5z"/><path d="M12 8v5M12 16h0"/>',
}

#: A symbol per severity: its shape tells it as much as its colour and its number.
SHAPES: Final = {
    "1": '<path class="sh" d="M7 1.500h10l5.500 5.500v10L17 22.500H7L1.500 17V7z"/>',
    "2": '<path class="sh" d="M12 1.800 22.800 21.700H1.200z"/>',
    "3": '<path class="sh" d="M12 1.200 22.800 12 12 22.800 1.200 12z"/>',
    "4": '<circle class="sh" cx="12" cy="12" r="10.500"/>',
    "T": '<rect class="sh" x="2" y="2" width="20" height="20" rx="2"/>',
}
