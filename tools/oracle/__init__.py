# SPDX-License-Identifier: GPL-3.0-or-later
"""A second decoder of the standard health services, to test `vigilctl decode` against.

It is written from the field tables of the Bluetooth specifications alone, in another language and with other number types
(`decimal`, `fractions`), and shares neither code nor profiles with Vigil. Where the two disagree, one of them has misread
the specification.
"""
