#include "curses_shim.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static char restore_bytes[512];
size_t glc_restore_length;
static struct termios settings;
static volatile sig_atomic_t is_armed, has_settings;

static int signals[2] = {-1, -1};
static int errors = -1, true_stderr = -1;
static volatile sig_atomic_t endings;
static struct sigaction before[NSIG];

static const int ours[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP};
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};

void glc_restore_add(const char *text) {
    while (*text && glc_restore_length < sizeof restore_bytes) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end) text = end + 1;
        else restore_bytes[glc_restore_length++] = *text++;
    }
}

void glc_restore_arm(void) {
    has_settings = tcgetattr(STDIN_FILENO, &settings) == 0;
    is_armed = 1;
}

void glc_restore_disarm(void) { is_armed = 0; }

void glc_restore(void) {
    if (!is_armed) return;
    is_armed = 0;
    (void)!write(STDOUT_FILENO, restore_bytes, glc_restore_length);
    if (has_settings) tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    if (true_stderr >= 0) dup2(true_stderr, STDERR_FILENO);
}

static void note(int number) {
    int error = errno;
    unsigned char byte = (unsigned char)number;
    if ((number == SIGINT || number == SIGTERM || number == SIGHUP) && ++endings > 1) {
        // Asked twice: the loop is stuck, most likely in a terminal that reads no more.
        fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
        glc_restore();
        _exit(128 + number);
    }
    (void)!write(signals[1], &byte, 1);
    errno = error;
}

static void crashed(int number, siginfo_t *info, void *context) {
    glc_restore();
    struct sigaction *old = &before[number];
    // Swift's backtracer prints here, on the terminal as it was.
    if (old->sa_flags & SA_SIGINFO) old->sa_sigaction(number, info, context);
    else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN) old->sa_handler(number);
    signal(number, SIG_DFL);
    // A fault comes again on return; what somebody sent does not.
    if (info->si_code <= 0) raise(number);
}

int glc_signals_take(void) {
    if (signals[0] >= 0) return 0;
    if (pipe2(signals, O_NONBLOCK | O_CLOEXEC)) return -1;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigfillset(&action.sa_mask);
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) sigaction(ours[i], &action, NULL);
    sigemptyset(&action.sa_mask);
    action.sa_sigaction = crashed;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        sigaction(crashes[i], &action, &before[crashes[i]]);
    }
    atexit(glc_restore);
    return 0;
}

int glc_signals_next(void) {
    unsigned char byte;
    if (read(signals[0], &byte, 1) != 1) return 0;
    // Whoever reads this is not stuck.
    endings = 0;
    return byte;
}

void glc_stderr_take(void) {
    int ends[2];
    if (!isatty(STDERR_FILENO) || pipe2(ends, O_NONBLOCK | O_CLOEXEC)) return;
    true_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    errors = ends[0];
}

long glc_stderr_read(char *bytes, size_t capacity) {
    return errors < 0 ? 0 : (long)read(errors, bytes, capacity);
}

void glc_stderr_give_back(void) {
    if (errors < 0) return;
    dup2(true_stderr, STDERR_FILENO);
    close(true_stderr);
    close(errors);
    true_stderr = errors = -1;
}

void glc_stop(void) {
    struct sigaction standard, old;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &standard, &old);
    kill(0, SIGTSTP);
    // The process stands here until SIGCONT.
    sigaction(SIGTSTP, &old, NULL);
}

int glc_wait(int milliseconds) {
    struct pollfd watched[] = {
        {STDIN_FILENO, POLLIN, 0}, {signals[0], POLLIN, 0}, {errors, POLLIN, 0}};
    if (poll(watched, 3, milliseconds) <= 0) return 0;
    int ready = 0;
    if (watched[0].revents & POLLIN) ready |= GLC_INPUT;
    if (watched[0].revents & (POLLHUP | POLLERR | POLLNVAL)) ready |= GLC_HANGUP;
    if (watched[1].revents) ready |= GLC_SIGNAL;
    if (watched[2].revents & POLLIN) ready |= GLC_STDERR;
    return ready;
}
