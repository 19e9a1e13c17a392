/* SPDX-License-Identifier: BSD-2-Clause */
/* overflow CPU COUNT: samples the cycle counter on one CPU until it has overflowed COUNT times;
 * prints how often it did. */
#define _GNU_SOURCE
#include <linux/perf_event.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    PERIOD = 1000000,
    PAGES = 8,
    LIMIT_SECONDS = 60
};

static int open_cycles(void)
{
    struct perf_event_attr attr;

    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = PERF_TYPE_HARDWARE;
    attr.config = PERF_COUNT_HW_CPU_CYCLES;
    attr.sample_period = PERIOD;
    attr.sample_type = PERF_SAMPLE_IP;
    attr.disabled = 1;
    attr.pinned = 1;
    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static unsigned samples(struct perf_event_mmap_page *page)
{
    const char *data = (const char *)page + page->data_offset;
    uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
    unsigned n = 0;

    while (page->data_tail < head) {
        const struct perf_event_header *record =
            (const void *)(data + page->data_tail % page->data_size);

        n += record->type == PERF_RECORD_SAMPLE;
        page->data_tail += record->size;
    }
    return n;
}

int main(int argc, char **argv)
{
    size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
    unsigned cpu, want, seen = 0;
    cpu_set_t set;
    void *page;
    time_t end;
    int fd;

    if (argc != 3)
        return 2;
    cpu = (unsigned)strtoul(argv[1], NULL, 10);
    want = (unsigned)strtoul(argv[2], NULL, 10);
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        perror("sched_setaffinity");
        return 1;
    }
    fd = open_cycles();
    if (fd < 0) {
        perror("perf_event_open");
        return 1;
    }
    page = mmap(NULL, (PAGES + 1) * page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
    end = time(NULL) + LIMIT_SECONDS;
    while (seen < want && time(NULL) < end) {
        for (volatile unsigned spin = 0; spin < 100000; spin++)
            ;
        seen += samples(page);
    }
    ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
    printf("%u\n", seen);
    return seen >= want ? 0 : 1;
}
