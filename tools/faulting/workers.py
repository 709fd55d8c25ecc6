# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a function many times in processes of their own, gently: others use the machine too."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
NICE = 10


def _begin() -> None:
    os.nice(NICE)
    # What the tests' world prints is for a person; stdout is for the result.
    os.dup2(2, 1)
    # Ended from outside, the world ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def each(function: Callable[..., T], arguments: Sequence[tuple], jobs: int, seconds: float | None = None) -> Iterator[T]:
    """`function(*arguments)` for each, `jobs` at a time, as they end; none is begun after so many seconds."""
    began = time.monotonic()
    queue = list(arguments)
    # A process for each call, so that nothing of one is left for the next.
    with ProcessPoolExecutor(max_workers=jobs, initializer=_begin, max_tasks_per_child=1,
                             mp_context=multiprocessing.get_context("spawn")) as pool:
        running: set[Future[T]] = set()
        while queue or running:
            if seconds is not None and time.monotonic() - began > seconds:
                queue.clear()
            while queue and len(running) < jobs:
                running.add(pool.submit(function, *queue.pop(0)))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()

