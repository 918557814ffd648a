#pragma once

// A narrow face on ncursesw. Swift 6 cannot use curses.h as it stands: stdscr, COLS and the like are
// mutable globals, attributes are cast macros, and names such as `move`, `erase` and `filter` would
// be global functions.
//
// One screen, one thread: all but glc_restore belongs to the thread that opened it.

#include <stddef.h>
#include <stdint.h>

// One cell of a row; `scalar` 0 is the right half of a wide character. Colours are indices of the
// 256-colour palette, -1 is the terminal's own.
struct glc_cell {
    uint32_t scalar;
    int16_t foreground, background;
    uint8_t attributes, width;
};

enum { GLC_BOLD = 1, GLC_UNDERLINE = 2, GLC_REVERSE = 4 };

enum { GLC_NONE, GLC_CHARACTER, GLC_KEY, GLC_CLICK, GLC_WHEEL_UP, GLC_WHEEL_DOWN, GLC_RESIZE };

// Key codes of curses, and two of ours around a paste.
enum {
    GLC_KEY_DOWN = 0402, GLC_KEY_UP = 0403, GLC_KEY_LEFT = 0404, GLC_KEY_RIGHT = 0405,
    GLC_KEY_HOME = 0406, GLC_KEY_BACKSPACE = 0407, GLC_KEY_F1 = 0411, GLC_KEY_DC = 0512,
    GLC_KEY_NPAGE = 0522, GLC_KEY_PPAGE = 0523, GLC_KEY_ENTER = 0527, GLC_KEY_BTAB = 0541,
    GLC_KEY_END = 0550, GLC_KEY_PASTE = 0x1000, GLC_KEY_PASTED = 0x1001,
};

struct glc_event {
    int32_t kind;
    uint32_t code;
    int32_t x, y;
};

enum { GLC_INPUT = 1, GLC_SIGNAL = 2, GLC_STDERR = 4, GLC_HANGUP = 8 };

// Takes over the signals that end, stop or resize; to be called before glc_open. The same call
// makes crashes restore the terminal before they go on. 0, or -1 with errno.
int glc_signals_take(void);
// The next signal that came, or 0.
int glc_signals_next(void);

// Standard error goes to glc_wait and glc_stderr_read while the screen is on, if it is a terminal.
void glc_stderr_take(void);
long glc_stderr_read(char *bytes, size_t capacity);
void glc_stderr_give_back(void);

// 0, or -1 with a reason in `reason`.
int glc_open(const char *term, int mouse, int colours, char *reason, size_t capacity);
void glc_close(void);
// Puts the terminal back by write(2) and tcsetattr alone: safe in any signal handler, idempotent.
void glc_restore(void);

int glc_rows(void);
int glc_columns(void);
int glc_colours(void);
int glc_is_utf8(void);

void glc_put_row(int y, const struct glc_cell *cells, int count);
// Shows the text cursor there, or hides it where y is negative.
void glc_cursor(int y, int x);
void glc_flush(void);
void glc_redraw(void);
// Asks the terminal for its size.
void glc_resize(void);
// Stops the process as Ctrl-Z does, and comes back when it goes on.
void glc_suspend(void);

// Waits for input, signals and standard error at most so long; a mask of GLC_INPUT and so on.
int glc_wait(int milliseconds);
// The next event that has come; 0 when there is none.
int glc_read(struct glc_event *event);
