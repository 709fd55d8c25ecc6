# SPDX-License-Identifier: GPL-3.0-or-later
"""What Vigil has to say about a person's readings, written a second time and from the tables alone: see README.md."""
