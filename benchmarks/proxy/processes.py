# SPDX-License-Identifier: Apache-2.0
"""Starts processes on chosen processors, reads what they used, and ends those that it started."""
import contextlib
import glob
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time

QUIET_SECONDS, QUIET_SHARE = 0.1, 0.02  # So long, with so little of a processor.


def fail(message):
    sys.exit(f'bench: {message}')


def raise_descriptor_limit():
    """Raises the limit of open descriptors as far as it goes, for all children too; the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def accepts(port):
    with socket.socket() as client:
        return client.connect_ex(('127.0.0.1', port)) == 0


def pinned(command, cpus):
    return ['taskset', '--cpu-list', cpus] + command if cpus else command


class Processes:
    """The processes of a run; leaving the block ends them."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        return self

    def __exit__(self, *_):
        for process in list(self.running):
            self.stop(process)

    def log_of(self, name):
        with open(f'{self.folder}/{name}.log', errors='replace') as log:
            return log.read()[-2000:]

    def start(self, name, command, cpus='', **options):
        """In a session of its own, so that Ctrl-C reaches the driver alone; its output in NAME.log."""
        with open(f'{self.folder}/{name}.log', 'ab') as log:
            options = {'stdin': subprocess.DEVNULL, 'stdout': log, 'stderr': log} | options
            process = subprocess.Popen(pinned(command, cpus), start_new_session=True, **options)
        self.running.append(process)
        return process

    def keep_awake(self):
        """Keeps each processor from sleeping, by work that lets all other work go first: what is measured then is what
        programs take, not what it takes to wake a processor."""
        spin = 'echo 19 >/proc/self/autogroup; while :; do :; done'
        return [self.start('awake', ['chrt', '--idle', '0', 'sh', '-c', spin], str(cpu))
                for cpu in sorted(os.sched_getaffinity(0))]

    def wait_for_port(self, name, process, port, seconds=60):
        deadline = time.monotonic() + seconds
        while not accepts(port):
            if process.poll() is not None or time.monotonic() > deadline:
                fail(f'{name} does not listen:\n{self.log_of(name)}')
            time.sleep(0.05)

    def stop(self, process, pid=None):
        """Asks the process to end (`pid`: the one inside a tracer), and makes it after 30 seconds."""
        if process in self.running:
            self.running.remove(process)
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid or process.pid, signal.SIGTERM)
        try:
            return process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def process_tree(pid):
    """The process and all below it."""
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        for path in glob.glob(f'/proc/{found[-1]}/task/*/children'):
            with contextlib.suppress(OSError), open(path) as children:
                left += [int(child) for child in children.read().split()]
    return found


def cpu_ns(pid):
    """Time on a processor of all threads of the tree, in nanoseconds."""
    total = 0
    for process in process_tree(pid):
        for path in glob.glob(f'/proc/{process}/task/*/schedstat'):
            with contextlib.suppress(OSError), open(path) as stat:
                total += int(stat.read().split()[0])
    return total


def wait_until_quiet(name, pid, seconds=60):
    """Until the tree hardly uses a processor any more: what it still had to do is done, and takes no time from others."""
    deadline = time.monotonic() + seconds
    used, before = QUIET_SHARE, cpu_ns(pid)
    while used >= QUIET_SHARE:
        if time.monotonic() > deadline:
            fail(f'{name} goes on for more than {seconds} s after the last request')
        time.sleep(QUIET_SECONDS)
        now = cpu_ns(pid)
        used, before = (now - before) / (QUIET_SECONDS * 1e9), now


def memory_bytes(pid):
    """Memory of the tree in user space: proportional set size, in which shared pages count once."""
    total = 0
    for process in process_tree(pid):
        with contextlib.suppress(OSError), open(f'/proc/{process}/smaps_rollup') as rollup:
            total += int(re.search(r'^Pss:\s+(\d+)', rollup.read(), re.MULTILINE)[1]) * 1024
    return total
