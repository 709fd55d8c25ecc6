// SPDX-License-Identifier: GPL-3.0-or-later
// A wall clock of the tests' own, for a program that it is loaded into (LD_PRELOAD): off by so many milliseconds, and
// synchronized or not as the tests say. The monotonic clocks stay as they are.
//
// VIGIL_TEST_CLOCK names a file of two 64-bit numbers in this machine's order, which may change at any time:
// milliseconds to add, and whether the kernel is to say that the clock is synchronized.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *control;

__attribute__((constructor)) static void attach(void) {
  const char *path = getenv("VIGIL_TEST_CLOCK");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *found = mmap(NULL, 2 * sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (found != MAP_FAILED) control = found;
  close(file);
}

static int wall(struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int answer = real(CLOCK_REALTIME, now);
  if (answer == 0 && control) {
    int64_t ms = control[0];
    now->tv_sec += ms / 1000;
    now->tv_nsec += ms % 1000 * 1000000;
    if (now->tv_nsec >= 1000000000) { now->tv_sec++; now->tv_nsec -= 1000000000; }
    if (now->tv_nsec < 0) { now->tv_sec--; now->tv_nsec += 1000000000; }
  }
  return answer;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) return wall(now);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  return real(clock, now);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  struct timespec exact;
  int answer = wall(&exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return answer;
}

time_t time(time_t *seconds) {
  struct timespec now;
  wall(&now);
  if (seconds) *seconds = now.tv_sec;
  return now.tv_sec;
}

int adjtimex(struct timex *state) {
  static int (*real)(struct timex *);
  if (!real) real = dlsym(RTLD_NEXT, "adjtimex");
  int answer = real(state);
  if (!control) return answer;
  if (control[1]) state->status &= ~STA_UNSYNC;
  else state->status |= STA_UNSYNC;
  return control[1] ? TIME_OK : TIME_ERROR;
}
