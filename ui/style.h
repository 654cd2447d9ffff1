/* style.h - what the window adds to the toolkit's theme: style.css, and icons. */
#pragma once

/* For the default display. */
void style_load (void);
