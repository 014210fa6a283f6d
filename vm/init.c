/*
 * The first process of the guest: sets the stage, runs one command, carries its input and output,
 * leaves its exit status behind and switches the guest off.
 *
 * It is C because it is on the way of every boot: a fork and exec cost 15 ms in the guest and a
 * Python start 300 ms, where all that happens here takes a few milliseconds.
 *
 * The host names a directory in the environment variable "airproof" (kernel command line). Its file
 * "job" holds NUL-terminated words, a letter and a value:
 *
 *     d DIR      working directory              w DIR      writable window on this host directory
 *     e K=V      one environment variable       v DIR      the same, read-only
 *     a WORD     one word of the command        f FILE     regulatory database
 *     t R C      rows and columns of the terminal
 *     m MODE     pipes | output-terminal | terminal
 *     i          there is input (with pipes)
 *
 * The exit status goes to the file "status" beside it: the number, or 128 + the signal's. The file
 * "listening" says that input will be heard: what comes before the line is open never is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define MAX_WORDS 8192
#define MAX_WINDOWS 64
#define MAX_BLOCK 2048
#define PRIVATE "/run/airproof"
#define NEW_ROOT "/tmp"

enum mode { PIPES, OUTPUT_TERMINAL, TERMINAL };

static struct {
    char *dir, *regdb;
    char *windows[MAX_WINDOWS], *views[MAX_WINDOWS];
    char *argv[MAX_WORDS + 1], *env[MAX_WORDS + 1];
    int n_windows, n_views, n_args, n_env, input;
    struct winsize size;
    enum mode mode;
} job;

static void switch_off(void)
{
    sync();
    reboot(RB_POWER_OFF);
    _exit(1);
}

/* A failure before the command runs: a line on the kernel's console, and no status file. */
static void die(const char *format, ...)
{
    int error = errno;
    va_list args;
    va_start(args, format);
    dprintf(2, "airproof init: ");
    vdprintf(2, format, args);
    dprintf(2, ": %s\n", strerror(error));
    va_end(args);
    switch_off();
}

static char *slurp(const char *path, size_t *length)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        die("cannot read %s", path);
    char *text = malloc(st.st_size + 1);
    size_t have = 0;
    while (text && have < (size_t)st.st_size) {
        ssize_t got = read(fd, text + have, st.st_size - have);
        if (got <= 0)
            die("cannot read %s", path);
        have += got;
    }
    if (!text)
        die("no memory for %s", path);
    close(fd);
    text[have] = 0;
    *length = have;
    return text;
}

static void append(char **list, int *count, int limit, char *value)
{
    if (*count >= limit) {
        errno = E2BIG;
        die("the job has more than %d words of a kind", limit);
    }
    list[(*count)++] = value;
}

static void attach_flags(const char *type, const char *source, const char *at, int flags,
                         const char *options)
{
    if (mount(source, at, type, flags, options) < 0)
        die("cannot mount %s at %s", type, at);
}

static void attach(const char *type, const char *source, const char *at, const char *options)
{
    attach_flags(type, source, at, 0, options);
}

/* `dir` is a path on the host: in the guest another file system may lie over it already. */
static void read_job(const char *dir)
{
    size_t length;
    attach("hostfs", "none", NEW_ROOT, dir);
    char *text = slurp(NEW_ROOT "/job", &length);
    umount2(NEW_ROOT, MNT_DETACH);
    for (char *word = text; word < text + length; word += strlen(word) + 1) {
        char *value = word + 1;
        switch (*word) {
        case 'd': job.dir = value; break;
        case 'f': job.regdb = value; break;
        case 'w': append(job.windows, &job.n_windows, MAX_WINDOWS, value); break;
        case 'v': append(job.views, &job.n_views, MAX_WINDOWS, value); break;
        case 'a': append(job.argv, &job.n_args, MAX_WORDS, value); break;
        case 'e': append(job.env, &job.n_env, MAX_WORDS, value); break;
        case 'i': job.input = 1; break;
        case 't': sscanf(value, "%hu %hu", &job.size.ws_row, &job.size.ws_col); break;
        case 'm':
            job.mode = !strcmp(value, "terminal")          ? TERMINAL
                       : !strcmp(value, "output-terminal") ? OUTPUT_TERMINAL
                                                           : PIPES;
            break;
        default: errno = EINVAL; die("unknown word in the job: %s", word);
        }
    }
    if (!job.n_args || !job.dir) {
        errno = EINVAL;
        die("the job names no command or no directory");
    }
}

static void make_dirs(const char *path)
{
    char part[4096];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(part, 0755);
        *slash = '/';
    }
    if (mkdir(part, 0755) < 0 && errno != EEXIST)
        die("cannot make the directory %s", path);
}

/* The host's root below, memory above: everything can be written and nothing reaches the host. */
static void pivot_to_overlay(void)
{
    attach("tmpfs", "tmpfs", NEW_ROOT, "mode=0755");
    mkdir(NEW_ROOT "/upper", 0755);
    mkdir(NEW_ROOT "/work", 0755);
    mkdir(NEW_ROOT "/root", 0755);
    attach("overlay", "overlay", NEW_ROOT "/root",
           "lowerdir=/,upperdir=" NEW_ROOT "/upper,workdir=" NEW_ROOT "/work");
    /* pivot_root, not chroot: the kernel's own threads look for firmware in the root it changes. */
    if (chdir(NEW_ROOT "/root") < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
        umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        die("cannot make the overlay the root");
}

static void mount_system(void)
{
    attach("proc", "proc", "/proc", NULL);
    attach("sysfs", "sysfs", "/sys", NULL);
    attach("debugfs", "debugfs", "/sys/kernel/debug", NULL);
    attach("devtmpfs", "devtmpfs", "/dev", "mode=0755");
    mkdir("/dev/pts", 0755);
    mkdir("/dev/shm", 01777);
    attach("devpts", "devpts", "/dev/pts", "mode=0620,ptmxmode=0666");
    attach("tmpfs", "tmpfs", "/dev/shm", "mode=1777");
    attach("tmpfs", "tmpfs", "/run", "mode=0755");
    mkdir("/run/netns", 0755);
    mkdir("/run/lock", 01777);
    symlink("/proc/self/fd", "/dev/fd");
    symlink("/proc/self/fd/0", "/dev/stdin");
    symlink("/proc/self/fd/1", "/dev/stdout");
    symlink("/proc/self/fd/2", "/dev/stderr");
}

/* cfg80211 looks in /lib/firmware, once at boot (too early) and again at `iw reg reload`. */
static void place_regulatory_database(void)
{
    if (!job.regdb || !access("/lib/firmware/regulatory.db", R_OK))
        return;
    make_dirs("/usr/lib/firmware");
    unlink("/usr/lib/firmware/regulatory.db");
    if (symlink(job.regdb, "/usr/lib/firmware/regulatory.db") < 0)
        die("cannot place the regulatory database %s", job.regdb);
}

static void bring_loopback_up(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        die("cannot bring the loopback interface up");
    close(fd);
}

/* Leaves a line of text for the host, in a file of that name beside the job. */
static void announce(const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, PRIVATE "/%s", name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || dprintf(fd, "%s\n", text) < 0)
        die("cannot write %s", path);
    close(fd);
}

static int open_line(int number, int flags, int cooked)
{
    char path[32];
    struct termios t;
    snprintf(path, sizeof path, "/dev/ttyS%d", number);
    int fd = open(path, flags | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || tcgetattr(fd, &t) < 0)
        die("cannot open %s", path);
    if (!cooked) {
        cfmakeraw(&t);
        if (tcsetattr(fd, TCSANOW, &t) < 0)
            die("cannot make %s raw", path);
    }
    return fd;
}

static int write_all(int fd, const char *octets, ssize_t count)
{
    while (count > 0) {
        ssize_t wrote = write(fd, octets, count);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return -1;
        octets += wrote;
        count -= wrote;
    }
    return 0;
}

enum carried { CARRIED, NOTHING_NOW, ENDED };

/* Carries what there is to read now. The stream has ended when either end of it is gone. */
static enum carried carry(int from, int to)
{
    char octets[65536];
    ssize_t got = read(from, octets, sizeof octets);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return NOTHING_NOW;
    if (got <= 0 || write_all(to, octets, got) < 0)
        return ENDED;
    return CARRIED;
}

static void run_command(int in, int out, int err)
{
    sigset_t none;
    sigemptyset(&none);
    setsid();
    if (job.mode != PIPES)
        ioctl(in, TIOCSCTTY, 0);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    environ = job.env;
    if (chdir(job.dir) < 0) {
        dprintf(2, "airproof: cannot enter %s in the guest: %s\n", job.dir, strerror(errno));
        _exit(126);
    }
    execvpe(job.argv[0], job.argv, job.env);
    dprintf(2, "airproof: cannot run %s in the guest: %s\n", job.argv[0], strerror(errno));
    _exit(errno == ENOENT ? 127 : 126);
}

/* Reaps what has ended; the command's status once it is there, -1 before. */
static int reap(pid_t command)
{
    int status, result = -1;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == command)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

static int wait_only(pid_t command, int signals)
{
    struct signalfd_siginfo info;
    int status;
    while ((status = reap(command)) < 0)
        if (read(signals, &info, sizeof info) < 0 && errno != EINTR)
            die("cannot wait for the command");
    return status;
}

static int run_on_terminal(int signals)
{
    int fd = open_line(0, O_RDWR, job.mode == TERMINAL);
    ioctl(fd, TIOCSWINSZ, &job.size);
    announce("listening", "yes");
    pid_t pid = fork();
    if (pid == 0)
        run_command(fd, fd, fd);
    int status = wait_only(pid, signals);
    tcdrain(fd);
    return status;
}

static int read_exactly(int fd, void *to, size_t count)
{
    for (size_t have = 0; have < count;) {
        ssize_t got = read(fd, (char *)to + have, count - have);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return -1;
        have += got > 0 ? got : 0;
    }
    return 0;
}

/*
 * Carries input in blocks: their length in two octets, high first; no octets are the end. The end
 * of the pipe on the host can't say it, since it hangs the line up and drops what was not yet read.
 * Each block is answered with an octet, and the host sends the next one then: once the line's buffer
 * (4096 octets) was full, User Mode Linux may never look at the line again.
 */
static void carry_input(int line, int to)
{
    char octets[MAX_BLOCK];
    unsigned char head[2];
    while (!read_exactly(line, head, sizeof head)) {
        size_t count = (size_t)head[0] << 8 | head[1];
        if (!count || count > sizeof octets || read_exactly(line, octets, count) < 0 ||
            write_all(to, octets, count) < 0 || write_all(line, "", 1) < 0)
            return;
    }
}

/* A process of its own, since the command may never read: a full pipe then blocks this one alone. */
static int start_input(void)
{
    int ends[2];
    if (!job.input)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    int line = open_line(0, O_RDWR, 0);
    announce("listening", "yes");
    if (pipe2(ends, O_CLOEXEC) < 0)
        die("cannot make a pipe");
    if (fork() == 0) {
        close(ends[0]);
        carry_input(line, ends[1]);
        _exit(0);
    }
    close(line);
    close(ends[1]);
    return ends[0];
}

static int run_on_pipes(int signals)
{
    int out[2], err[2], in = start_input();
    int out_line = open_line(1, O_WRONLY, 0), err_line = open_line(2, O_WRONLY, 0);
    if (in < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
        die("cannot make pipes");
    pid_t pid = fork();
    if (pid == 0)
        run_command(in, out[1], err[1]);
    close(in);
    close(out[1]);
    close(err[1]);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    fcntl(err[0], F_SETFL, O_NONBLOCK);

    struct pollfd wait[] = {{signals, POLLIN, 0}, {out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
    int status = -1;
    while (status < 0) {
        struct signalfd_siginfo info;
        if (poll(wait, 3, -1) < 0 && errno != EINTR)
            die("cannot wait for the command");
        if (wait[1].revents && carry(out[0], out_line) == ENDED)
            wait[1].fd = -1;
        if (wait[2].revents && carry(err[0], err_line) == ENDED)
            wait[2].fd = -1;
        if (wait[0].revents && read(signals, &info, sizeof info) > 0)
            status = reap(pid);
    }
    /* What the command wrote is in the pipes; a child that it left behind is not waited for. */
    while (carry(out[0], out_line) == CARRIED)
        ;
    while (carry(err[0], err_line) == CARRIED)
        ;
    tcdrain(out_line);
    tcdrain(err_line);
    return status;
}

int main(void)
{
    sigset_t caught;
    const char *dir = getenv("airproof");
    if (getpid() != 1 || !dir) {
        fprintf(stderr, "airproof init: this is the first process of a guest, nothing else\n");
        return 2;
    }
    read_job(dir);
    pivot_to_overlay();
    mount_system();
    make_dirs(PRIVATE);
    attach("hostfs", "none", PRIVATE, dir);
    for (int i = 0; i < job.n_views; i++) {
        make_dirs(job.views[i]);
        attach_flags("hostfs", "none", job.views[i], MS_RDONLY, job.views[i]);
    }
    for (int i = 0; i < job.n_windows; i++) {
        make_dirs(job.windows[i]);
        attach("hostfs", "none", job.windows[i], job.windows[i]);
    }
    place_regulatory_database();
    bring_loopback_up();
    sethostname("airproof", 8);

    sigemptyset(&caught);
    sigaddset(&caught, SIGCHLD);
    sigprocmask(SIG_BLOCK, &caught, NULL);
    signal(SIGPIPE, SIG_IGN);
    int signals = signalfd(-1, &caught, SFD_CLOEXEC);
    if (signals < 0)
        die("cannot make a signalfd");
    char status[16];
    int number = job.mode == PIPES ? run_on_pipes(signals) : run_on_terminal(signals);
    snprintf(status, sizeof status, "%d", number);
    announce("status", status);
    switch_off();
}
