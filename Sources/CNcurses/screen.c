#include "curses_shim.h"
#include "state.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

// <term.h> would define `lines`, `columns` and more as macros.
extern int setupterm(const char *, int, int *);
extern char *tigetstr(const char *);

_Static_assert(GLC_KEY_DOWN == KEY_DOWN && GLC_KEY_UP == KEY_UP && GLC_KEY_LEFT == KEY_LEFT &&
               GLC_KEY_RIGHT == KEY_RIGHT && GLC_KEY_HOME == KEY_HOME &&
               GLC_KEY_BACKSPACE == KEY_BACKSPACE && GLC_KEY_F1 == KEY_F(1) &&
               GLC_KEY_DC == KEY_DC && GLC_KEY_NPAGE == KEY_NPAGE &&
               GLC_KEY_PPAGE == KEY_PPAGE && GLC_KEY_ENTER == KEY_ENTER &&
               GLC_KEY_BTAB == KEY_BTAB && GLC_KEY_END == KEY_END, "key codes of curses");

static SCREEN *screen;
static FILE *output, *input;
static int has_colours, colour_count, is_utf8;

// Pairs are made when they are first needed: an 8-colour terminal has only 64.
enum { PALETTE = 257 };
static int16_t *pairs;
static int next_pair, pair_max;

static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

static int is_string(const char *s) { return s && s != (char *)-1; }

// Terminals that know bracketed paste, or that ignore what they do not know.
static int knows_paste(const char *term) {
    static const char *const names[] = {"xterm", "screen", "tmux", "rxvt", "alacritty", "foot",
                                        "kitty", "vte", "konsole", "gnome"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strncmp(term, names[i], strlen(names[i]))) return 1;
    }
    return 0;
}

// What a signal handler writes: terminfo's own strings, without their padding.
static void prepare_restore(int mouse, int paste) {
    static const char *const names[] = {"sgr0", "cnorm", "rmkx", "rmcup"};
    glc_restore_length = 0;
    if (mouse) glc_restore_add(mouse_off);
    if (paste) glc_restore_add(paste_off);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *s = tigetstr(names[i]);
        if (is_string(s)) glc_restore_add(s);
        // Without a second screen the shell goes on below ours.
        else if (!strcmp(names[i], "rmcup")) glc_restore_add("\r\n");
    }
}

static int refuse(char *reason, size_t capacity, const char *why) {
    snprintf(reason, capacity, "%s", why);
    return -1;
}

int glc_open(const char *term, int mouse, int colours, char *reason, size_t capacity) {
    // Never LC_ALL: decimal commas would enter files.
    setlocale(LC_CTYPE, "");
    is_utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
    int error = 0;
    // Unlike initscr this does not end the process.
    if (setupterm(term, STDOUT_FILENO, &error) == ERR) {
        return refuse(reason, capacity, error == 0 ? "the terminal type is unknown"
                                      : error < 0 ? "there is no terminfo database"
                                                  : "the terminal cannot be used");
    }
    if (!is_string(tigetstr("cup"))) {
        return refuse(reason, capacity, "the terminal cannot place its cursor");
    }
    int paste = knows_paste(term);
    prepare_restore(mouse, paste);
    glc_restore_arm();
    output = fdopen(dup(STDOUT_FILENO), "w");
    input = fdopen(dup(STDIN_FILENO), "r");
    screen = output && input ? newterm(term, output, input) : NULL;
    if (!screen) {
        glc_restore();
        return refuse(reason, capacity, "the terminal cannot be opened");
    }
    set_term(screen);
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
    if (mouse) {
        mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
        mouseinterval(0);
    }
    if (paste) {
        define_key("\033[200~", GLC_KEY_PASTE);
        define_key("\033[201~", GLC_KEY_PASTED);
        fputs(paste_on, output);
        fflush(output);
    }
    has_colours = colours && has_colors() && start_color() == OK;
    if (has_colours) {
        use_default_colors();
        colour_count = COLORS;
        pair_max = COLOR_PAIRS > INT16_MAX ? INT16_MAX : COLOR_PAIRS;
        pairs = malloc(sizeof *pairs * PALETTE * PALETTE);
        has_colours = pairs != NULL;
    }
    if (has_colours) {
        memset(pairs, -1, sizeof *pairs * PALETTE * PALETTE);
        next_pair = 1;
    }
    return 0;
}

void glc_close(void) {
    if (!screen) return;
    if (knows_paste(termname())) {
        fputs(paste_off, output);
        fflush(output);
    }
    endwin();
    glc_restore_disarm();
    delscreen(screen);
    screen = NULL;
    free(pairs);
    pairs = NULL;
    fclose(output);
    fclose(input);
}

int glc_rows(void) { return getmaxy(stdscr); }
int glc_columns(void) { return getmaxx(stdscr); }
int glc_colours(void) { return has_colours ? colour_count : 0; }
int glc_is_utf8(void) { return is_utf8; }

static int pair_for(int foreground, int background) {
    if (!has_colours || (foreground < 0 && background < 0)) return 0;
    if (foreground >= colour_count) foreground = -1;
    if (background >= colour_count) background = -1;
    int16_t *pair = &pairs[(foreground + 1) * PALETTE + background + 1];
    if (*pair >= 0) return *pair;
    *pair = 0;
    if (next_pair < pair_max && init_extended_pair(next_pair, foreground, background) == OK) {
        *pair = (int16_t)next_pair++;
    }
    return *pair;
}

static attr_t attributes_for(uint8_t attributes) {
    attr_t all = A_NORMAL;
    if (attributes & GLC_BOLD) all |= A_BOLD;
    if (attributes & GLC_UNDERLINE) all |= A_UNDERLINE;
    if (attributes & GLC_REVERSE) all |= A_REVERSE;
    return all;
}

// What this locale prints in exactly the cells that we count on; else a question mark.
static wchar_t printable(uint32_t scalar, int width) {
    if (scalar < 0x7F) return (wchar_t)scalar;
    return is_utf8 && wcwidth((wchar_t)scalar) == width ? (wchar_t)scalar : L'?';
}

void glc_put_row(int y, const struct glc_cell *cells, int count) {
    cchar_t row[count + 1];
    int used = 0;
    memset(row, 0, sizeof row);
    for (int i = 0; i < count; i++) {
        const struct glc_cell *cell = &cells[i];
        if (cell->width == 0) continue;
        int pair = pair_for(cell->foreground, cell->background);
        wchar_t text[2] = {printable(cell->scalar, cell->width), 0};
        attr_t attributes = attributes_for(cell->attributes);
        setcchar(&row[used++], text, attributes, 0, &pair);
        if (cell->width == 2 && text[0] == L'?') setcchar(&row[used++], L" ", attributes, 0, &pair);
    }
    mvwadd_wchnstr(stdscr, y, 0, row, used);
}

void glc_cursor(int y, int x) {
    if (y < 0) {
        leaveok(stdscr, TRUE);
        curs_set(0);
        return;
    }
    leaveok(stdscr, FALSE);
    curs_set(1);
    wmove(stdscr, y, x);
}

void glc_flush(void) {
    wnoutrefresh(stdscr);
    doupdate();
}

void glc_redraw(void) { clearok(curscr, TRUE); }

void glc_resize(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        resizeterm(size.ws_row, size.ws_col);
    }
}

void glc_suspend(void) {
    int paste = knows_paste(termname());
    if (paste) {
        fputs(paste_off, output);
        fflush(output);
    }
    endwin();
    glc_stop();
    // The window may have another size than before.
    glc_resize();
    clearok(curscr, TRUE);
    wrefresh(stdscr);
    // Else the keypad's mode would come with the next read only.
    keypad(stdscr, TRUE);
    if (paste) {
        fputs(paste_on, output);
        fflush(output);
    }
}

static int read_mouse(struct glc_event *event) {
    MEVENT mouse;
    if (getmouse(&mouse) != OK) return 0;
    event->x = mouse.x;
    event->y = mouse.y;
    event->kind = mouse.bstate & BUTTON1_PRESSED   ? GLC_CLICK
                  : mouse.bstate & BUTTON4_PRESSED ? GLC_WHEEL_UP
                  : mouse.bstate & BUTTON5_PRESSED ? GLC_WHEEL_DOWN
                                                   : GLC_NONE;
    return event->kind != GLC_NONE;
}

int glc_read(struct glc_event *event) {
    for (;;) {
        wint_t code = 0;
        memset(event, 0, sizeof *event);
        int found = wget_wch(stdscr, &code);
        if (found == ERR) return 0;
        event->code = code;
        event->kind = GLC_CHARACTER;
        if (found != KEY_CODE_YES) return 1;
        event->kind = code == KEY_RESIZE ? GLC_RESIZE : GLC_KEY;
        if (code != KEY_MOUSE || read_mouse(event)) return 1;
    }
}
