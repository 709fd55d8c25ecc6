# SPDX-License-Identifier: GPL-3.0-or-later
import dictionary
import engine

LOG = """\
INFO: Running with entropic power schedule (0xFF, 100).
#17\tINITED cov: 90 ft: 91 corp: 3/9b exec/s: 0 rss: 31Mb
#4096\tpulse  cov: 93 ft: 120 corp: 12/90b lim: 43 exec/s: 2048 rss: 33Mb
"""
FINISHED = LOG + """\
Done 14285 runs in 1 second(s)
stat::number_of_executed_units: 14285
stat::average_exec_per_sec:     14285
stat::new_units_added:          190
"""
CRASHED = LOG + """\
vigil-fuzz: broken promise: decoding twice gives the same
==28788== ERROR: libFuzzer: deadly signal
    #0 0x56354d1202b4 in __sanitizer_print_stack_trace /home/build-user/llvm-project/compiler-rt/x.cpp:31:3
    #7 0x56354d188f6d in $s10vigil_fuzz4holdyySb_SSyXKtF tools/fuzzing/program/Promise.swift:8:3
    #18 0x7ff458645249 in __libc_start_call_main csu/../sysdeps/nptl/libc_start_call_main.h:58:16
SUMMARY: libFuzzer: deadly signal
"""


def test_a_finished_run_is_counted_by_its_statistics() -> None:
    report = engine.read_report(FINISHED)
    assert (report.runs, report.new, report.coverage, report.reasons) == (14285, 190, 93, [])


def test_a_run_that_goes_on_is_counted_by_its_last_line() -> None:
    assert engine.read_report(LOG).runs == 4096


def test_a_crash_says_why_and_where_in_our_own_code() -> None:
    report = engine.read_report(CRASHED)
    assert report.reasons[0] == "vigil-fuzz: broken promise: decoding twice gives the same"
    assert report.frames == ["$s10vigil_fuzz4holdyySb_SSyXKtF tools/fuzzing/program/Promise.swift:8:3"]


def test_the_dictionary_has_the_words_of_the_language_and_not_of_comments() -> None:
    assert dictionary.words(["# a comment\nid: a.b\nkind: systolic\n", "kind: spo2\n"])[0] == "kind"
    assert "comment" not in dictionary.words(["# a comment\nid: a.b\n"])
