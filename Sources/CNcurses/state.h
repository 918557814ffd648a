#pragma once

// What the screen and the signal handlers share. Handlers read it only.

#include <stddef.h>

extern size_t glc_restore_length;

// Appends a terminfo string without its padding to what glc_restore writes.
void glc_restore_add(const char *text);
// Keeps the terminal's settings, and lets glc_restore act from now on.
void glc_restore_arm(void);
// The terminal was put back by curses itself.
void glc_restore_disarm(void);
// Stops the whole foreground group, as the terminal's driver does on Ctrl-Z.
void glc_stop(void);
