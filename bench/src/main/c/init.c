/* The first and only process of a benchmark machine: runs what /bench/plan lists, a line of
   PROGRAM ITERATIONS THREADS each, and powers the machine off. Every line it prints begins with @bench. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Opens the instruction counter to user mode; where the kernel has no such switch, it is open or
   the programs do without. */
static void open_counters(void) {
  mkdir("/proc", 0755);
  if (mount("proc", "/proc", "proc", 0, NULL) != 0) {
    return;
  }
  int file = open("/proc/sys/kernel/perf_user_access", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    ssize_t written = write(file, "2\n", 2);
    (void)written;
    close(file);
  }
}

static int run(const char *program, char *iterations, char *threads) {
  char path[128];
  snprintf(path, sizeof path, "/bench/%s", program);
  pid_t child = fork();
  if (child == 0) {
    char *arguments[] = {path, iterations, threads, NULL};
    execv(path, arguments);
    _exit(126);
  }
  int status = -1;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("@bench first-program");
  open_counters();
  FILE *plan = fopen("/bench/plan", "re");
  char program[64];
  char iterations[32];
  char threads[32];
  while (plan != NULL && fscanf(plan, "%63s %31s %31s", program, iterations, threads) == 3) {
    int status = run(program, iterations, threads);
    if (status != 0) {
      printf("@bench failed %s status=%d\n", program, status);
    }
  }
  puts("@bench end");
  /* Time to look at the idle machine from outside before it is gone. */
  nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
  reboot(RB_POWER_OFF);
  return 1;
}
